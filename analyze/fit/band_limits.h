// Where the bands of a fit to recordings may lie, unless its options say otherwise.
#pragma once

#include "analyze/fit/range.h"

namespace aapp::fit {

inline constexpr Range kBandFrequencyHz{20.0, 20000.0};
inline constexpr double kMostBandGainDb = 36.0;  // up or down
inline constexpr double kHighestBandQ = 12.0;

}  // namespace aapp::fit
