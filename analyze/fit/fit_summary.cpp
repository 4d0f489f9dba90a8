#include "analyze/fit/fit_summary.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "analyze/fit/uncertainty_json.h"
#include "analyze/fit/uncertainty_text.h"
#include "analyze/measure/third_octave.h"

namespace aapp::fit {

namespace {

using Json = nlohmann::ordered_json;

Json values(const std::vector<FitMetric>& metrics, std::optional<double> FitMetric::*when) {
  Json values = Json::object();
  for (const FitMetric& metric : metrics) {
    if (metric.*when) values[std::string(metric.id)] = *(metric.*when);
  }
  return values;
}

std::string cell(std::optional<double> value) {
  return value ? fmt::format("{:.2f}", *value) : "-";
}

Json file_json(const FitFile& file) {
  Json json{{"file", file.name}, {"sha256", file.sha256}};
  if (file.weight != 1.0) json["weight"] = file.weight;
  return json;
}

}  // namespace

std::vector<FitMetric> fit_metrics(const measure::ProfileDistance& before,
                                   const measure::ProfileDistance& after) {
  return {{"ltas_rms_db", "spectrum, third octaves", "dB RMS", before.ltas_rms_db, after.ltas_rms_db},
          {"loudness_lu", "loudness", "LU", before.loudness_lu, after.loudness_lu},
          {"level_distribution_db", "50 ms levels", "dB", before.level_distribution_db,
           after.level_distribution_db},
          {"crest_db", "crest factor", "dB", before.crest_db, after.crest_db},
          {"range_lu", "loudness range", "LU", before.range_lu, after.range_lu},
          {"modulation_db", "modulation", "dB RMS", before.modulation_db, after.modulation_db},
          {"slopes_oct", "rise and fall", "octaves", before.slopes_oct, after.slopes_oct}};
}

std::vector<FitMetric> fit_metrics(const PairedDistance& before, const PairedDistance& after) {
  return {
      {"esr_db", "error to signal", "dB", before.esr_db, after.esr_db},
      {"gain_trajectory_db", "gain over time", "dB RMS", before.gain_trajectory_db, after.gain_trajectory_db},
      {"level_db", "level", "dB", before.level_db, after.level_db}};
}

FitSummary summarize(std::string_view mode, const UnpairedFit& fit, const measure::TrackProfile& reference) {
  FitSummary summary{.mode = mode,
                     .metrics = fit_metrics(fit.before, fit.after),
                     .parameters = fit.parameters,
                     .strong_correlations = fit.strong_correlations,
                     .remarks = fit.remarks};
  const auto bands = measure::third_octave_bands();
  const auto& powers = reference.ltas.mean.third_octaves;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    if (powers[i].has_energy)
      summary.reference_spectrum.push_back({bands[i].centre_hz, measure::band_level_db(powers[i].power)});
  }
  return summary;
}

std::string fit_json(const FitSummary& summary) {
  Json json{{"mode", summary.mode},
            {"metrics",
             {{"before", values(summary.metrics, &FitMetric::before)},
              {"after", values(summary.metrics, &FitMetric::after)}}},
            {"parameters", Json::parse(parameters_json(summary.parameters))},
            {"strong_correlations", Json::parse(correlations_json(summary.strong_correlations))},
            {"remarks", summary.remarks}};
  if (summary.reference_spectrum.empty()) return json.dump();
  Json& spectrum = json["reference_spectrum"] = {{"centre_hz", Json::array()}, {"level_db", Json::array()}};
  for (const ReferenceLevel& band : summary.reference_spectrum) {
    spectrum["centre_hz"].push_back(band.centre_hz);
    spectrum["level_db"].push_back(band.level_db);
  }
  return json.dump();
}

std::string fit_text(const FitSummary& summary) {
  std::string text = fmt::format("  {:<26}{:>9}{:>9}\n", "distance from reference", "before", "after");
  for (const FitMetric& metric : summary.metrics) {
    if (!metric.before && !metric.after) continue;
    text += fmt::format("  {:<26}{:>9}{:>9}  {}\n", metric.label, cell(metric.before), cell(metric.after),
                        metric.unit);
  }
  for (const std::string& remark : summary.remarks) text += fmt::format("\n{}\n", remark);
  const std::string uncertainty = uncertainty_text(summary.parameters);
  return uncertainty.empty() ? text : text + "\n" + uncertainty;
}

std::string provenance_json(const Provenance& provenance) {
  Json json{{"tool", provenance.tool}};
  if (provenance.references.size() == 1) {
    json["reference"] = file_json(provenance.references.front());
  } else {
    for (const FitFile& file : provenance.references) json["reference"].push_back(file_json(file));
  }
  if (provenance.source) json["source"] = file_json(*provenance.source);
  if (!provenance.profile.empty()) json["profile"] = provenance.profile;
  return json.dump();
}

}  // namespace aapp::fit
