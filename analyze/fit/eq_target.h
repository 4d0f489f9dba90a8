// Curves in dB on log-spaced frequencies: what turns a measured or drawn curve into the even grid that a fit
// wants.
#pragma once

#include <cstddef>
#include <vector>

#include "analyze/fit/eq_fit.h"

namespace aapp::fit {

// `count` >= 2 frequencies from range.low to range.high, evenly spaced in log frequency, both ends included.
std::vector<double> log_grid(Range range_hz, std::size_t count);

// The curve at other frequencies: linear in dB over log frequency, held beyond its ends.
std::vector<double> interpolate_db(const EqTarget& curve, const std::vector<double>& frequency_hz);

// The curve on log_grid(range, count), without weights: interpolated where its points are sparse, their mean
// where a grid point stands for several (a dense, noisy measurement would otherwise be picked at, not
// averaged).
EqTarget resample_log(const EqTarget& curve, Range range_hz, std::size_t count);

// At most `count` points: runs of neighbours become one at their weighted mean (in log frequency and dB).
EqTarget thin(const EqTarget& curve, std::size_t count);

}  // namespace aapp::fit
