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

// Over all levels and times, from what is loud.
std::vector<CompressorPoint> whole_grid(double loud_db);
// Around a point that is roughly right; its window is kept.
std::vector<CompressorPoint> grid_around(const CompressorPoint& point);

// These points, which share a window, each with its best slope and offset for one topology; best first.
std::vector<GridStart> grid_starts(const CompressorData& data, const effects::CompressorParams& topology,
                                   const std::vector<CompressorPoint>& points, const ErrorModel& error,
                                   int threads);

}  // namespace aapp::fit
