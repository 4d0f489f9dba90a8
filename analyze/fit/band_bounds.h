// Where the coordinates of an equaliser's bands may lie (those of eq_tangents.h: ln frequency, gain in dB,
// ln Q), and the bounds of a Ceres problem over them.
#pragma once

#include <ceres/problem.h>

#include <cstddef>
#include <vector>

#include "analyze/fit/range.h"
#include "common/effects/eq.h"

namespace aapp::fit {

inline constexpr double kLowestQ = 0.1;  // of a band

struct BandBounds {
  Range ln_frequency, gain_db, ln_q;
};
// The frequencies of these that a band at this rate may have.
Range band_range(double rate_hz, Range frequency_hz);
BandBounds band_bounds(double rate_hz, Range frequency_hz, double max_gain_db, double max_q);

// Bounds by projection: of one coordinate of the block `p`, and of these bands, which come first in it. What
// lies beyond is moved inside. A pass has no gain to move.
void bound(ceres::Problem& problem, std::vector<double>& p, std::size_t index, Range range);
void bound_bands(ceres::Problem& problem, std::vector<double>& p, const effects::EqParams& eq,
                 const BandBounds& within);

}  // namespace aapp::fit
