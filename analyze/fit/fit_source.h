// The source of an unpaired fit, in either form: a recording, which presets are rendered on, or a profile
// alone, on which their effect is predicted. The fit asks both the same questions.
#pragma once

#include <cstdint>
#include <functional>

#include "analyze/fit/level_series.h"
#include "analyze/fit/paired_fit.h"
#include "analyze/measure/track_profile.h"
#include "common/base/error.h"
#include "common/preset/preset.h"

namespace aapp::fit {

struct FitSource {
  measure::TrackProfile profile;  // of all of it
  // Of the part that the fit works on; equals `profile` for recordings up to 40 s.
  measure::TrackProfile excerpt_profile;
  // What a preset makes of the excerpt: as a profile, and as a compressor after it would see it.
  std::function<Result<measure::TrackProfile>(const Preset&)> play;
  std::function<Result<LevelSeries>(const Preset&)> levels;
  // What it makes of all of it.
  std::function<Result<measure::TrackProfile>(const Preset&)> play_whole;

  bool excerpt_is_whole() const { return excerpt_profile.frames == profile.frames; }
};

// A profile of all of the source, or of what all of it should become, as its excerpt would have it: the third
// octaves that the excerpt lacks or has too much of are those of `profile` too, and so is what its levels
// lack, rank by rank.
measure::TrackProfile as_excerpt(const FitSource& source, measure::TrackProfile profile);

using FitProgress = std::function<bool(std::int64_t frames_done)>;

// A recording: measured here, once through; rendered through chain::render whenever asked. Long ones are
// worked on in an excerpt of eight stretches spread over their length, so memory is flat. Needs a length that
// is known.
Result<FitSource> recorded_source(SourceOpener open, std::string name, const FitProgress& progress = {});

// A profile: spectra through the response of the filters, levels through the gain computer on a series with
// the profile's statistics. Knows gain, equaliser and compressor.
FitSource profiled_source(const measure::TrackProfile& profile, std::uint64_t seed);

}  // namespace aapp::fit
