// Bands that cut deep at an end of the range, as passes. Where little sounds beyond a corner, a shelf or a
// peak that goes down further than the recordings tell stands in for a pass: in magnitude, not in phase.
#pragma once

#include <vector>

#include "common/effects/eq.h"

namespace aapp::fit {

// At most two passes of a kind are made: 24 dB an octave.
inline constexpr std::ptrdiff_t kMostOfAPass = 2;

// For every such band, the equaliser with a pass in its place. Passes beyond it go: a deep shelf before a
// pass of the same Q is that pass, moved. `middle_hz`: the ends are either side of it.
std::vector<effects::EqParams> with_a_pass(const effects::EqParams& eq, double middle_hz, double rate_hz);

}  // namespace aapp::fit
