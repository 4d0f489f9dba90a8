// The parts of track_profile.h that read.
#include <array>
#include <memory>

#include "analyze/measure/track_profile.h"
#include "common/io/audio_file.h"

namespace aapp::measure {

Result<TrackProfile> measure_source(audio::BlockSource& source, const MeasureOptions& options) {
  TrackProfiler profiler(source.rate_hz(), source.channels(), options.true_peak);
  const std::array<audio::BlockVisitor*, 1> visitors{&profiler};
  const Result<audio::PumpStats> stats = audio::pump(source, visitors, options.progress);
  if (!stats) return tl::unexpected(stats.error());
  TrackProfile profile = profiler.finish();
  profile.non_finite_samples = stats->non_finite_samples;
  return profile;
}

Result<TrackProfile> measure_file(const std::string& path, const MeasureOptions& options) {
  const Result<std::unique_ptr<io::AudioFileReader>> reader = io::AudioFileReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  Result<TrackProfile> profile = measure_source(**reader, options);
  if (profile) profile->name = path;
  return profile;
}

}  // namespace aapp::measure
