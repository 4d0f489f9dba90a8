#include "analyze/curve_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>

#include "analyze/fit/eq_model.h"
#include "analyze/fit/eq_target.h"
#include "analyze/fit/uncertainty_json.h"
#include "analyze/fit/uncertainty_text.h"
#include "common/base/version.h"

namespace aapp::analyze {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kErrorPoints = 400;
constexpr fit::Range kTo10k{20.0, 10000.0};
constexpr fit::Range kTo20k{20.0, 20000.0};
// A curve that ends this much (in octaves) before a range ends still counts as covering it.
constexpr double kHeldOctaves = 0.34;
constexpr double kHighestOfRate = 0.499;

// Target and response of the bands at the same points.
struct Pair {
  std::vector<double> frequency_hz, target_db, response_db;
};

Pair on_grid(const CurveFindings& f, fit::Range range) {
  fit::EqTarget target = fit::resample_log(f.curve.target, range, kErrorPoints);
  Pair p{.frequency_hz = std::move(target.frequency_hz),
         .target_db = std::move(target.gain_db),
         .response_db = {}};
  p.response_db.resize(kErrorPoints);
  const effects::EqParams& eq = f.fit.eq;
  fit::EqModel(p.frequency_hz, f.options.rate_hz)
      .response_db({eq.bands.begin(), eq.bands.size()}, p.response_db);
  return p;
}

bool reaches(const CurveFindings& f, fit::Range range) {
  const std::vector<double>& known = f.curve.target.frequency_hz;
  return std::log2(known.front() / range.low) < kHeldOctaves &&
         std::log2(range.high / known.back()) < kHeldOctaves &&
         range.high < kHighestOfRate * f.options.rate_hz;
}

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

// Of achieved against target; `flat`: of no bands.
enum class Of { flat, bands };
std::vector<double> errors(const Pair& p, Of of) {
  std::vector<double> e;
  for (std::size_t i = 0; i < p.target_db.size(); ++i) {
    e.push_back((of == Of::bands ? p.response_db[i] : 0.0) - p.target_db[i]);
  }
  return e;
}

fit::EqFitError summarise(std::vector<double> e, double level_db) {
  fit::EqFitError out;
  for (double& x : e) {
    x -= level_db;
    out.rms_db += x * x / static_cast<double>(e.size());
    out.max_db = std::max(out.max_db, std::abs(x));
  }
  out.rms_db = std::sqrt(out.rms_db);
  return out;
}

CurveFindings::Errors judge(const CurveFindings& f, Of of) {
  CurveFindings::Errors out;
  if (!reaches(f, kTo10k)) return out;
  const std::vector<double> low = errors(on_grid(f, kTo10k), of);
  out.to_10k = summarise(low, mean(low));
  if (reaches(f, kTo20k)) out.to_20k = summarise(errors(on_grid(f, kTo20k), of), mean(low));
  return out;
}

double preamp_db(const CurveFindings& f) {
  if (f.options.preamp == "headroom") return f.headroom_preamp_db;
  return f.options.preamp == "level" ? f.fit.offset_db : 0.0;
}

Json error_json(const std::optional<fit::EqFitError>& e) {
  return e ? Json{{"rms_db", e->rms_db}, {"max_db", e->max_db}} : Json(nullptr);
}

Json errors_json(const CurveFindings::Errors& e) {
  return {{"20_to_10000_hz", error_json(e.to_10k)}, {"20_to_20000_hz", error_json(e.to_20k)}};
}

// What the preset's "fit" block and --json share.
Json fit_json(const CurveFindings& f) {
  // Pointers into the preset: node 1 is the equaliser, the level is node 0's gain if the preamp is the level.
  fit::UncertaintyReport report = f.fit.uncertainty;
  const auto rename = [&f](std::string& name) {
    if (name != "/offset_db") {
      name.insert(0, "/chain/1/params");
    } else if (f.options.preamp == "level") {
      name = "/chain/0/params/gain_db";
    }
  };
  for (fit::ParameterEstimate& p : report.parameters) rename(p.name);
  for (fit::StrongCorrelation& c : report.strong_correlations) rename(c.a), rename(c.b);
  Json band_count{{"bands", f.fit.eq.bands.size()}, {"reason", f.fit.band_count_reason}};
  if (!f.fit.rms_db_by_bands.empty()) band_count["rms_db_by_bands"] = f.fit.rms_db_by_bands;
  return {{"mode", "curve"},
          {"metrics", {{"before", errors_json(f.before)}, {"after", errors_json(f.after)}}},
          {"fitted",
           {{"range_hz", {f.followed_hz.low, f.followed_hz.high}},
            {"rate_hz", f.options.rate_hz},
            {"rms_db", f.fit.error.rms_db},
            {"max_db", f.fit.error.max_db}}},
          {"band_count", band_count},
          {"level_db", f.fit.offset_db},
          {"headroom_preamp_db", f.headroom_preamp_db},
          {"parameters", Json::parse(fit::parameters_json(report.parameters))},
          {"strong_correlations", Json::parse(fit::correlations_json(report.strong_correlations))},
          {"search", {{"starts", f.fit.starts}, {"iterations", f.fit.iterations}, {"seed", f.options.seed}}}};
}

Json target_json(const CurveFindings& f) {
  return {{"file", std::filesystem::path(f.options.target).filename().string()},
          {"sha256", f.curve.sha256},
          {"column", f.curve.column},
          {"points", f.curve.target.frequency_hz.size()}};
}

std::string stem(const std::string& path) {
  return path == "-" ? "curve" : std::filesystem::path(path).stem().string();
}

std::string describe(const std::optional<fit::EqFitError>& e) {
  return e ? fmt::format("{:.3f} dB RMS, at most {:.2f} dB", e->rms_db, e->max_db)
           : "the curve does not reach so far";
}

std::string band_lines(const CurveFindings& f) {
  std::string text = fmt::format("{:<12}{:>12}{:>12}{:>9}\n", "band", "Hz", "dB", "Q");
  for (const effects::EqBand& b : f.fit.eq.bands) {
    text +=
        fmt::format("{:<12}{:>12.1f}{:>12.2f}{:>9.3f}\n",
                    dsp::kBandTypeNames[static_cast<std::size_t>(b.type)], b.frequency_hz, b.gain_db, b.q);
  }
  return text;
}

}  // namespace

CurveFindings judge_curve(const CurveOptions& options, const fit::Curve& curve, fit::Range followed_hz,
                          const fit::EqFitResult& fitted) {
  CurveFindings f{.options = options, .curve = curve, .followed_hz = followed_hz, .fit = fitted};
  const Pair p = on_grid(f, {kTo20k.low, std::min(kTo20k.high, kHighestOfRate * options.rate_hz)});
  f.frequency_hz = p.frequency_hz;
  f.target_db = p.target_db;
  for (const double r : p.response_db) f.achieved_db.push_back(r + fitted.offset_db);
  f.headroom_preamp_db = -std::max(0.0, *std::max_element(p.response_db.begin(), p.response_db.end()));
  f.preamp_db = preamp_db(f);
  f.before = judge(f, Of::flat);
  f.after = judge(f, Of::bands);
  return f;
}

Preset curve_preset(const CurveFindings& f) {
  Preset preset;
  preset.name = stem(f.options.target);
  preset.description =
      fmt::format("Follows the curve {} with {} bands.", stem(f.options.target), f.fit.eq.bands.size());
  preset.chain = {{.params = effects::GainParams{.gain_db = f.preamp_db}}, {.params = f.fit.eq}};
  preset.fit_json = fit_json(f).dump();
  preset.provenance_json =
      Json{{"tool", fmt::format("aapp-analyze {}", version())}, {"target", target_json(f)}}.dump();
  return preset;
}

std::string curve_json(const CurveFindings& f) {
  Json document{{"format", "aapp-curve"},
                {"version", 1},
                {"preset", f.options.output},
                {"target", target_json(f)},
                {"notes", f.curve.notes}};
  document.update(fit_json(f));
  document["preamp_db"] = f.preamp_db;
  document["bands"] = Json::array();
  for (const effects::EqBand& b : f.fit.eq.bands) {
    document["bands"].push_back({{"type", dsp::kBandTypeNames[static_cast<std::size_t>(b.type)]},
                                 {"frequency_hz", b.frequency_hz},
                                 {"gain_db", b.gain_db},
                                 {"q", b.q}});
  }
  document["curve"] = {
      {"frequency_hz", f.frequency_hz}, {"target_db", f.target_db}, {"achieved_db", f.achieved_db}};
  return document.dump(1);
}

std::string curve_text(const CurveFindings& f) {
  std::string text =
      f.options.common.quiet ? "" : band_lines(f) + fit::uncertainty_text(f.fit.uncertainty.parameters);
  if (!f.options.common.quiet) {
    for (const std::string& note : f.curve.notes) text += fmt::format("note: {}\n", note);
    text += fmt::format("bands: {}\n", f.fit.band_count_reason);
    text += fmt::format("level: {:+.2f} dB; {:.2f} dB is the preamp at which nothing is boosted\n",
                        f.fit.offset_db, f.headroom_preamp_db);
  }
  text += fmt::format("error 20 Hz to 10 kHz: {}\n", describe(f.after.to_10k));
  text += fmt::format("error 20 Hz to 20 kHz: {}\n", describe(f.after.to_20k));
  return text + fmt::format("wrote {}\n", f.options.output);
}

}  // namespace aapp::analyze
