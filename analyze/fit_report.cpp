#include "analyze/fit_report.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "analyze/report/report_page.h"
#include "analyze/report_app.h"
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

Result<void> add_source(report::FitFindings& findings, const std::string& path,
                        const cli::CommonOptions& common) {
  auto source = measure_for_report(path, report::Role::source, "source", common);
  if (!source) return tl::unexpected(source.error());
  auto result = render_and_measure(path, findings.preset);
  if (!result) return tl::unexpected(result.error());
  const measure::TrackProfile& reference = findings.recordings.front().profile;
  findings.before = measure::profile_distance(reference, source->profile);
  findings.after = measure::profile_distance(reference, result->profile);
  findings.recordings.push_back(*std::move(source));
  findings.recordings.push_back(*std::move(result));

  const auto reader = io::AudioFileReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  auto trace = report::trace_gain(**reader, findings.preset);
  if (!trace) return tl::unexpected(trace.error());
  findings.trace = *std::move(trace);
  return {};
}

}  // namespace

Result<void> write_fit_report(const FitReportRequest& request, const Preset& preset,
                              const fit::FitSummary& summary, Overwrite overwrite,
                              const cli::CommonOptions& common) {
  report::FitFindings findings{.preset = preset,
                               .parameters = summary.parameters,
                               .strong_correlations = summary.strong_correlations,
                               .remarks = summary.remarks,
                               .provenance = "Fitted by aapp-analyze."};
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
  return write_report(report::fit_page(findings), request.output, "", overwrite);
}

}  // namespace aapp::analyze
