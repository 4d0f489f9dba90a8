#include "analyze/recording.h"

#include "common/base/interrupt.h"
#include "common/cli/progress.h"
#include "common/io/open_audio.h"

namespace aapp::analyze {

Result<std::optional<io::RawSpec>> parse_raw_option(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const Result<io::RawSpec> spec = io::parse_raw_spec(text);
  if (!spec) return tl::unexpected(spec.error());
  return *spec;
}

Result<measure::TrackProfile> measure_recording(const std::string& path, const RecordingOptions& options) {
  const Result<io::OpenedAudio> opened = io::open_audio(path, options.raw);
  if (!opened) return tl::unexpected(opened.error());
  audio::BlockSource& source = *opened->source;
  const double rate_hz = source.rate_hz();
  const auto total_frames = static_cast<double>(source.total_frames().value_or(0));
  cli::Progress progress({.label = "measure " + path, .total = total_frames / rate_hz}, options.common);
  const auto heed = [&](std::int64_t frames) {
    progress.update(static_cast<double>(frames) / rate_hz);
    return !interrupted();
  };
  auto profile = measure::measure_source(source, {.true_peak = options.true_peak, .progress = heed});
  if (profile) profile->name = path;
  return profile;
}

}  // namespace aapp::analyze
