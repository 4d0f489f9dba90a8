// Starting points for the compressor fit, by brute force: the model without derivatives at every point of a
// coarse grid of threshold, attack and release. Slope and offset need no grid, since the gain in dB is linear
// in them.
#pragma once

#include <vector>

#include "analyze/fit/compressor_fit.h"

namespace aapp::fit {

struct GridStart {
  CompressorPoint point{};
  double cost = 0.0;  // weighted mean of the squared error in dB
};

// All grid points for one topology, best first.
std::vector<GridStart> grid_starts(const CompressorData& data, const effects::CompressorParams& topology,
                                   const ErrorModel& error, int threads);

}  // namespace aapp::fit
