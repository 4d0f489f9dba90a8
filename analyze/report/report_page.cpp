#include "analyze/report/report_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <sstream>
#include <utility>
#include <variant>

#include "analyze/measure/band_grid.h"
#include "common/preset/describe.h"

namespace aapp::report {
namespace {

std::string number(std::optional<double> value, int digits = 2) {
  return value && *value > measure::kSilenceDb ? fmt::format("{:.{}f}", *value, digits) : "-";
}

// One row per recording.
Table profile_table(std::span<const Recording> recordings) {
  Table table{.caption = "What was measured",
              .head = {"recording", "length, s", "rate, Hz", "channels", "loudness, LUFS", "range, LU",
                       "peak, dBFS", "RMS, dBFS", "crest, dB", "noise floor, dBFS"}};
  for (const Recording& r : recordings) {
    const measure::TrackProfile& p = r.profile;
    table.rows.push_back({r.name, fmt::format("{:.2f}", p.duration_s()), fmt::format("{}", p.rate_hz),
                          fmt::format("{}", p.channels), number(p.loudness.integrated_lufs, 1),
                          number(p.loudness.range_lu, 1), number(p.envelope.peak_db(), 1),
                          number(p.envelope.rms_db(), 1), number(p.envelope.crest_db(), 1),
                          number(p.envelope.noise_floor_db(), 1)});
  }
  return table;
}

Table distance_table(std::span<const fit::FitMetric> metrics) {
  Table table{.caption = "Distance from the reference", .head = {"measure", "before", "after"}};
  for (const fit::FitMetric& metric : metrics) {
    table.rows.push_back(
        {fmt::format("{}, {}", metric.label, metric.unit), number(metric.before), number(metric.after)});
  }
  return table;
}

Table provenance_table(const fit::Provenance& provenance) {
  Table table{.caption = fmt::format("Made by {} from", provenance.tool),
              .head = {"recording", "file", "SHA-256"}};
  for (const fit::FitFile& file : provenance.references) {
    table.rows.push_back(
        {file.weight == 1.0 ? "reference" : fmt::format("reference, counted {:g} times", file.weight),
         file.name, file.sha256});
  }
  if (provenance.source) table.rows.push_back({"source", provenance.source->name, provenance.source->sha256});
  if (!provenance.profile.empty())
    table.rows.push_back({"source", "profile " + provenance.profile, "built in"});
  return table;
}

// A line for each effect. The bands of an equaliser stand beside its picture.
std::vector<std::string> chain_remarks(const Preset& preset) {
  std::vector<std::string> remarks;
  for (const ChainNode& node : preset.chain) {
    const std::string name(effects::effect_type(node.params).id);
    if (const auto* eq = std::get_if<effects::EqParams>(&node.params)) {
      remarks.push_back(fmt::format("{}: {} bands", name, eq->bands.size()));
      continue;
    }
    Preset alone;
    alone.chain.push_back(node);
    std::istringstream lines(preset::describe_chain(alone));
    std::string text, line;
    for (std::getline(lines, line); std::getline(lines, line);) {
      text += (text.empty() ? "" : ", ") + line.substr(std::min(line.size(), line.find_first_not_of(' ')));
    }
    remarks.push_back(fmt::format("{}: {}", name, text));
  }
  return remarks;
}

Table parameter_table(const FitFindings& findings) {
  Table table{.caption = "Fitted parameters with their uncertainty",
              .head = {"parameter", "value", "standard error", "95 % from", "95 % to", "identified"}};
  for (const fit::ParameterEstimate& p : findings.parameters) {
    table.rows.push_back({p.name, fmt::format("{:.4g}", p.value), fmt::format("{:.2g}", p.std_error),
                          fmt::format("{:.4g}", p.ci95.low), fmt::format("{:.4g}", p.ci95.high),
                          p.identified ? "yes" : "no: " + p.reason});
  }
  return table;
}

std::vector<std::string> certainty_remarks(const FitFindings& findings) {
  std::vector<std::string> remarks;
  for (const fit::StrongCorrelation& c : findings.strong_correlations) {
    remarks.push_back(fmt::format(
        "{} and {} cannot be told apart here (correlation {:.2f}): one can make up for the other.", c.a, c.b,
        c.value));
  }
  return remarks;
}

Section spectrum_section(std::span<const Recording> recordings) {
  Section section{.id = "spectra", .title = "Spectrum", .plots = {spectrum_plot(recordings)}};
  if (recordings.size() > 1) {
    section.plots.push_back(spectrum_difference_plot(recordings.front(), recordings.subspan(1)));
  }
  return section;
}

bool has_timeline(const Recording& recording) {
  return !recording.timeline.peak.empty();
}

Section dynamics_section(std::span<const Recording> recordings) {
  Section section{.id = "dynamics",
                  .title = "Dynamics",
                  .plots = {level_plot(recordings), modulation_plot(recordings), loudness_plot(recordings)}};
  return section;
}

Section waveform_section(std::span<const Recording> recordings) {
  Section section{.id = "waveforms", .title = "Waveforms"};
  for (const Recording& recording : recordings) {
    if (!has_timeline(recording)) continue;
    section.plots.push_back(waveform_plot(recording));
    section.plots.push_back(brightness_plot(recording));
  }
  return section;
}

// The fitted chain, node by node. A chain may hold several of one kind; ids stay unique by their place.
Section chain_section(const FitFindings& findings) {
  Section section{.id = "chain", .title = "The preset", .remarks = chain_remarks(findings.preset)};
  const double rate_hz = findings.recordings.empty() ? 48000.0 : findings.recordings.back().profile.rate_hz;
  std::vector<measure::WeightedLevel> input_levels;
  if (findings.trace) input_levels = findings.trace->input_levels.levels();
  for (std::size_t i = 0; i < findings.preset.chain.size(); ++i) {
    const effects::AnyParams& params = findings.preset.chain[i].params;
    const std::size_t first = section.plots.size();
    if (const auto* eq = std::get_if<effects::EqParams>(&params)) {
      section.plots.push_back(eq_plot(*eq, rate_hz, findings.parameters, fmt::format("/chain/{}/params", i)));
    } else if (const auto* compressor = std::get_if<effects::CompressorParams>(&params)) {
      section.plots.push_back(static_curve_plot(*compressor, input_levels));
      section.plots.push_back(step_response_plot(*compressor));
    }
    for (std::size_t k = first; k < section.plots.size(); ++k) section.plots[k].id += fmt::format("-{}", i);
  }
  if (findings.trace) section.plots.push_back(gain_trace_plot(*findings.trace, "the source"));
  return section;
}

std::string footer_text(const std::string& provenance) {
  return provenance + (provenance.empty() ? "" : " ") +
         "Every curve is the achieved one, computed by the code that plays.";
}

}  // namespace

Page fit_page(const FitFindings& findings) {
  Page page{.title = "Fit: " + (findings.preset.name.empty() ? "preset" : findings.preset.name),
            .lead = findings.preset.description,
            .footer = footer_text("")};
  Section summary{.id = "summary", .title = "Before and after", .remarks = findings.remarks};
  if (!findings.metrics.empty()) summary.tables.push_back(distance_table(findings.metrics));
  summary.tables.push_back(profile_table(findings.recordings));
  summary.players = findings.players;
  page.sections.push_back(std::move(summary));
  page.sections.push_back(spectrum_section(findings.recordings));
  page.sections.push_back(chain_section(findings));
  page.sections.push_back(dynamics_section(findings.recordings));
  page.sections.push_back(waveform_section(findings.recordings));
  if (!findings.parameters.empty()) {
    page.sections.push_back({.id = "certainty",
                             .title = "How sure the parameters are",
                             .remarks = certainty_remarks(findings),
                             .tables = {parameter_table(findings)}});
  }
  page.sections.push_back(
      {.id = "provenance", .title = "Provenance", .tables = {provenance_table(findings.provenance)}});
  return page;
}

Page measure_page(std::span<const Recording> recordings, const std::string& provenance) {
  Page page{.title = recordings.size() == 1 ? "Measured: " + recordings.front().name : "Measured recordings",
            .footer = footer_text(provenance)};
  page.sections.push_back({.id = "summary", .title = "Figures", .tables = {profile_table(recordings)}});
  page.sections.push_back(spectrum_section(recordings));
  page.sections.push_back(dynamics_section(recordings));
  page.sections.push_back(waveform_section(recordings));
  return page;
}

std::vector<Plot> page_plots(const Page& page) {
  std::vector<Plot> plots;
  for (const Section& section : page.sections) {
    plots.insert(plots.end(), section.plots.begin(), section.plots.end());
  }
  return plots;
}

}  // namespace aapp::report
