// What a recording leaves open of a compressor's curve. Where all that is compared lies above the knee, its
// gains lie on one line, which many a knee leads to, each with a threshold and a make-up of its own. A fit
// leaves them wherever its steps ended, and a make-up that is 11 dB too high is heard wherever the sound
// begins.
#pragma once

#include "analyze/fit/chain_model.h"
#include "analyze/fit/compressor_data.h"

namespace aapp::fit {

// The chain as it was found, unless the likely knee (compressor_fit.h) leaves as little of this excerpt.
// Where the recording starts from rest, its start, which nothing else is compared with, tells more: the
// compressor is fitted to that too, and taken if it explains that at last, and all of the rest as before.
ChainModel with_open_knee_settled(const ChainModel& found, const PairExcerpt& fit);

}  // namespace aapp::fit
