#include "analyze/fit_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "analyze/report/report_page.h"
#include "analyze/report_app.h"
#include "analyze/report_audio.h"
#include "common/chain/render.h"
#include "common/io/audio_file.h"

namespace aapp::analyze {

namespace {

// Measures what is rendered instead of keeping it.
class MeasuringSink final : public audio::BlockSink {
 public:
  MeasuringSink(int rate_hz, int channels) : profiler_(rate_hz, channels), timeline_(channels, rate_hz) {}

  Result<void> write(audio::ConstAudioView block) override {
    profiler_.visit(block);
    timeline_.visit(block);
    return {};
  }
  Result<void> finish() override { return {}; }

  report::Recording recording() {
    return {.name = "result",
            .role = report::Role::result,
            .profile = profiler_.finish(),
            .timeline = timeline_.finish()};
  }

 private:
  measure::TrackProfiler profiler_;
  measure::TimelineMeter timeline_;
};

Result<report::Recording> render_and_measure(const std::string& path, const Preset& preset) {
  const auto reader = io::AudioFileReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  audio::BlockSource& source = **reader;
  const chain::RenderOptions options;
  auto chain = chain::Chain::make(preset, {.rate_hz = source.rate_hz(),
                                           .channels = source.channels(),
                                           .max_block_frames = static_cast<int>(options.block_frames)});
  if (!chain) return tl::unexpected(chain.error());
  MeasuringSink sink(source.rate_hz(), source.channels());
  const auto stats = chain::render(source, *chain, sink, options);
  if (!stats) return tl::unexpected(stats.error());
  return sink.recording();
}

bool has_dynamics(const Preset& preset) {
  return std::any_of(preset.chain.begin(), preset.chain.end(), [](const ChainNode& node) {
    return std::holds_alternative<effects::CompressorParams>(node.params) ||
           std::holds_alternative<effects::LimiterParams>(node.params);
  });
}

Result<void> add_source(report::FitFindings& findings, const std::string& path,
                        const cli::CommonOptions& common) {
  auto source = measure_for_report(path, report::Role::source, "source", common);
  if (!source) return tl::unexpected(source.error());
  auto result = render_and_measure(path, findings.preset);
  if (!result) return tl::unexpected(result.error());
  findings.recordings.push_back(*std::move(source));
  findings.recordings.push_back(*std::move(result));
  if (!has_dynamics(findings.preset)) return {};

  const auto reader = io::AudioFileReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  auto trace = report::trace_gain(**reader, findings.preset);
  if (!trace) return tl::unexpected(trace.error());
  findings.trace = *std::move(trace);
  return {};
}

// Reference, source and result, each as loud as the others.
Result<void> add_players(report::FitFindings& findings, const FitReportRequest& request) {
  std::vector<Listened> sounds{{.label = "reference", .path = request.references.front(), .recording = 0}};
  if (!request.source.empty()) {
    const std::size_t source = request.references.size();
    sounds.push_back({.label = "A: source", .path = request.source, .recording = source});
    sounds.push_back(
        {.label = "B: result", .path = request.source, .preset = findings.preset, .recording = source + 1});
  }
  auto players = make_players(sounds, findings.recordings);
  if (!players) return tl::unexpected(players.error());
  findings.players = *std::move(players);
  return {};
}

}  // namespace

Result<void> write_fit_report(const FitReportRequest& request, const FitOutcome& outcome,
                              const fit::Provenance& provenance, Overwrite overwrite,
                              const cli::CommonOptions& common) {
  const fit::FitSummary& summary = outcome.summary;
  report::FitFindings findings{.preset = outcome.preset,
                               .parameters = summary.parameters,
                               .strong_correlations = summary.strong_correlations,
                               .remarks = summary.remarks,
                               .metrics = summary.metrics,
                               .provenance = provenance};
  for (const std::string& path : request.references) {
    const std::string name = findings.recordings.empty()
                                 ? "reference"
                                 : fmt::format("reference {}", findings.recordings.size() + 1);
    auto recording = measure_for_report(path, report::Role::reference, name, common);
    if (!recording) return tl::unexpected(recording.error());
    findings.recordings.push_back(*std::move(recording));
  }
  if (!request.source.empty()) {
    if (auto added = add_source(findings, request.source, common); !added) return added;
  }
  if (request.embed_audio) {
    if (auto added = add_players(findings, request); !added) return added;
  }
  return write_report(report::fit_page(findings), {.page = request.output,
                                                   .svg_dir = request.svg_dir,
                                                   .data_dir = request.data_dir,
                                                   .overwrite = overwrite});
}

}  // namespace aapp::analyze
