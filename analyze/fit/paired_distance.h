// How far a rendering is from the wet recording, in the terms that a pair allows: waveform and gain
// trajectory.
#pragma once

#include "analyze/fit/compressor_data.h"
#include "analyze/fit/paired_fit.h"

namespace aapp::fit {

// `rendered`: excerpt.dry after some chain, as long as it. The warm-up is left out; where the wet recording
// is clipped, what goes beyond counts as clipped too.
PairedDistance paired_distance(const PairExcerpt& excerpt, const audio::AudioBuffer& rendered);

}  // namespace aapp::fit
