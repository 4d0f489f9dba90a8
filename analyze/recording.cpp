#include "analyze/recording.h"

#include "common/base/interrupt.h"
#include "common/cli/progress.h"
#include "common/io/audio_file.h"

namespace aapp::analyze {

Result<measure::TrackProfile> measure_recording(const std::string& path, measure::TruePeak true_peak,
                                                const cli::CommonOptions& options) {
  const auto reader = io::AudioFileReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  audio::BlockSource& source = **reader;
  const double rate_hz = source.rate_hz();
  cli::Progress progress(
      {.label = "measure " + path, .total = static_cast<double>(source.total_frames().value_or(0)) / rate_hz},
      options);
  Result<measure::TrackProfile> profile =
      measure::measure_source(source, {.true_peak = true_peak, .progress = [&](std::int64_t frames) {
                                         progress.update(static_cast<double>(frames) / rate_hz);
                                         return !interrupted();
                                       }});
  if (profile) profile->name = path;
  return profile;
}

}  // namespace aapp::analyze
