// The gain that moves between two recordings, measured anew every 2 ms once bands between them are roughly
// known. Frames that tell frequencies apart (gain_separation.h) are too long to follow an attack, and what
// they miss of it lies over all frequencies like noise.
#pragma once

#include <vector>

#include "analyze/fit/compressor_data.h"
#include "common/effects/eq.h"

namespace aapp::fit {

// That gain of every frame of the pair, in dB, common to all channels: `gain_db`, of as many frames, and what
// moves beside it behind these bands. Of its level, which the bands' own may stand for, nothing is added. As
// it was where the pair is shorter than some 30 ms or holds nothing alike.
std::vector<float> finer_gain_db(const PairExcerpt& pair, const std::vector<float>& gain_db,
                                 const effects::EqParams& eq);

}  // namespace aapp::fit
