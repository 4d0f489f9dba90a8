// The delay that alignment left. The phase's slope (alignment.h) is pulled by a gain that moves with the
// sound; once a model of the chain is known, what it does not explain tells the rest.
#pragma once

#include <array>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/pair_region.h"

namespace aapp::fit {

// How far the wet recording of an aligned excerpt still runs behind the model's output: one step of least
// squares on the waveform's derivative. None where that would explain no worthwhile share of the model's
// error. Allocates some copies of the excerpt.
struct DelayLeft {
  double frames = 0.0;       // a fraction of one
  double error_share = 0.0;  // of the model's error, that it explains
};
DelayLeft delay_left(const ChainModel& model, const PairExcerpt& excerpt);

// The wet recordings of all excerpts, moved ahead by a fraction of a frame; the split takes them by
// exchange_wet, which leaves those that it had.
using WetRecordings = std::array<audio::AudioBuffer, 4>;
WetRecordings advanced_wet(const PairSplit& split, double frames);
void exchange_wet(PairSplit& split, WetRecordings& wet);

}  // namespace aapp::fit
