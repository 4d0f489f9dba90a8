#include "analyze/compare_app.h"

#include <fmt/format.h>

#include <cmath>

#include "analyze/measure/profile_json.h"
#include "analyze/profile_text.h"
#include "analyze/recording.h"
#include "common/io/audio_file.h"

namespace aapp::analyze {

namespace {

using measure::TrackProfile;

// Comparing in time holds both recordings in memory.
constexpr double kLongestInMemoryS = 1800.0;
// Under it the two do not follow each other: another take, or other material.
constexpr double kLeastCorrelation = 0.25;

// Why comparing moment by moment makes no sense; "" if it may.
std::string obstacle(const TrackProfile& recording, const TrackProfile& reference, double max_lag_ms) {
  if (recording.silent() || reference.silent()) return "one of them is silent";
  if (recording.rate_hz != reference.rate_hz) {
    return fmt::format("the rates differ ({} Hz, {} Hz)", recording.rate_hz, reference.rate_hz);
  }
  const double difference_ms = 1000.0 * std::abs(recording.duration_s() - reference.duration_s());
  if (difference_ms > max_lag_ms) {
    return fmt::format("the lengths differ by {:.2f} s; at most {:g} ms", difference_ms / 1000.0, max_lag_ms);
  }
  if (recording.duration_s() > kLongestInMemoryS) return "they are longer than 30 minutes";
  return {};
}

Result<void> compare_in_time(const CompareOptions& options, measure::Comparison& comparison) {
  const bool from_pipe = options.recording == "-" || options.reference == "-";
  comparison.unaligned_reason =
      from_pipe ? "a pipe can be read only once"
                : obstacle(comparison.recording, comparison.reference, options.max_lag_ms);
  if (!comparison.unaligned_reason.empty()) return {};
  const Result<io::LoadedAudio> reference = io::load_audio(options.reference);
  if (!reference) return tl::unexpected(reference.error());
  const Result<io::LoadedAudio> recording = io::load_audio(options.recording);
  if (!recording) return tl::unexpected(recording.error());
  const measure::AlignedDistance aligned = measure::aligned_distance(
      reference->samples, recording->samples, reference->info.rate_hz, {.max_lag_ms = options.max_lag_ms});
  if (std::abs(aligned.correlation.value_or(0.0)) >= kLeastCorrelation) {
    comparison.aligned = aligned;
  } else {
    comparison.unaligned_reason =
        fmt::format("they do not follow each other (correlation {:.2f})", aligned.correlation.value_or(0.0));
  }
  return {};
}

}  // namespace

Result<void> run_compare(const CompareOptions& options) {
  Result<TrackProfile> reference = measure_recording(options.reference, {.common = options.common});
  if (!reference) return tl::unexpected(reference.error());
  Result<TrackProfile> recording = measure_recording(options.recording, {.common = options.common});
  if (!recording) return tl::unexpected(recording.error());

  measure::Comparison comparison{.reference = *std::move(reference), .recording = *std::move(recording)};
  comparison.distance = measure::profile_distance(comparison.reference, comparison.recording);
  if (const Result<void> done = compare_in_time(options, comparison); !done) return done;
  fmt::print("{}", options.common.json ? comparison_json(comparison) + "\n" : comparison_text(comparison));
  return {};
}

}  // namespace aapp::analyze
