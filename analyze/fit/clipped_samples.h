// Clipped samples of a wet recording: what they were is not known. Residuals leave them out; but where a
// filter is measured or undone, the step from a sample to its clipped value would spread over all its
// neighbours.
#pragma once

#include "analyze/fit/chain_model.h"
#include "analyze/fit/compressor_data.h"

namespace aapp::fit {

// How many samples of all channels are clipped.
std::size_t count_clipped(const audio::AudioBuffer& audio);

// The wet recording with clipped samples as the model plays them, if it plays them beyond the limit too: made
// in `room`, unless nothing is clipped.
const audio::AudioBuffer& unclipped_wet(const ChainModel& model, const PairExcerpt& pair,
                                        audio::AudioBuffer& room);

// The same seen the other way: `audio`, of equal shape, clipped where the wet recording is, as a file of its
// format would hold it.
void clip_as_wet(const audio::AudioBuffer& wet, audio::AudioBuffer& audio);

// Marks in `audio` what is clipped in `wet`, of equal shape: residuals leave it out (is_clipped).
void mark_clipped(const audio::AudioBuffer& wet, audio::AudioBuffer& audio);

}  // namespace aapp::fit
