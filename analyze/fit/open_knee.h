// What a recording leaves open of a compressor's curve. Where all that is compared lies above the knee, its
// gains lie on one line, which many a knee leads to, each with a threshold and a make-up of its own. A fit
// leaves them wherever its steps ended, and a make-up that is 11 dB too high is heard wherever the sound
// begins.
#pragma once

#include "analyze/fit/chain_model.h"
#include "analyze/fit/pair_region.h"

namespace aapp::fit {

// The chain as it was found, unless the likely knee (compressor_fit.h) leaves as little of all audio. Other
// audio tells more: what was held out, where the knee is open and the chain falls short there, and the start
// of a recording from rest, which nothing else is compared with. The compressor is fitted to that, and taken
// if it explains it at last, and what it was found on as before.
ChainModel with_open_knee_settled(const ChainModel& found, const PairSplit& split);

}  // namespace aapp::fit
