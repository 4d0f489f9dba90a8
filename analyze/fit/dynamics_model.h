// What a compressor makes of a source's level statistics, predicted at control rate. The topology is the
// project's plain one: peak detector, smoothing of the gain in dB, branching. The steps are
// compressor_steps.h, which tests hold to the formulas that play; what follows them is templated, for
// derivatives.
#pragma once

#include <ceres/jet.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "analyze/fit/level_series.h"
#include "common/base/units.h"
#include "common/effects/compressor.h"

namespace aapp::fit {

// The coordinates of the search, by their places in vectors and derivatives.
enum DynamicsCoordinate : std::size_t {
  kDynamicsThresholdDb,
  kDynamicsSlope,  // 1 - 1 / ratio
  kDynamicsKneeDb,
  kDynamicsLnAttack,  // of ms
  kDynamicsLnRelease,
  kDynamicsCoordinates
};

using DynamicsVector = std::array<double, kDynamicsCoordinates>;
using DynamicsJet = ceres::Jet<double, static_cast<int>(kDynamicsCoordinates)>;

DynamicsVector to_dynamics_vector(const effects::CompressorParams& params);

// Power of every cell after the compressor, without make-up; T: double, or DynamicsJet with the derivatives
// by all coordinates.
template <class T>
std::vector<T> compressed_powers(const LevelSeries& series, const DynamicsVector& x);

inline std::size_t window_cells(double window_ms, double cell_rate_hz) {
  return static_cast<std::size_t>(std::max<long long>(1, ms_to_frames(window_ms, cell_rate_hz)));
}

// Levels of whole windows, in dB relative to the mean power of all cells.
template <class T>
std::vector<T> relative_window_levels(const std::vector<T>& powers, std::size_t cells_per_window) {
  T mean(1e-20);
  for (const T& power : powers) mean += power;
  mean /= static_cast<double>(std::max<std::size_t>(1, powers.size()));
  const T mean_db = power_to_db(mean);
  std::vector<T> levels;
  levels.reserve(powers.size() / cells_per_window);
  for (std::size_t first = 0; first + cells_per_window <= powers.size(); first += cells_per_window) {
    T sum(1e-20);
    for (std::size_t c = first; c < first + cells_per_window; ++c) sum += powers[c];
    levels.push_back(power_to_db(T(sum / static_cast<double>(cells_per_window))) - mean_db);
  }
  return levels;
}

inline double scalar(double x) {
  return x;
}
template <class Jet>
double scalar(const Jet& x) {
  return x.a;
}

// The middle quantiles 0.5/count, 1.5/count ... of the levels no more than range_db under the loudest.
template <class T>
std::vector<T> level_quantiles(std::vector<T> levels, double range_db, std::size_t count) {
  std::sort(levels.begin(), levels.end(), [](const T& a, const T& b) { return scalar(a) < scalar(b); });
  const double gate_db = levels.empty() ? 0.0 : scalar(levels.back()) - range_db;
  const auto first = std::partition_point(levels.begin(), levels.end(),
                                          [&](const T& level) { return scalar(level) <= gate_db; });
  const auto kept = static_cast<double>(levels.end() - first);
  std::vector<T> quantiles;
  if (levels.empty()) return quantiles;
  for (std::size_t k = 0; k < count; ++k) {
    const double share = (static_cast<double>(k) + 0.5) / static_cast<double>(count);
    quantiles.push_back(*(first + static_cast<std::ptrdiff_t>(share * kept)));
  }
  return quantiles;
}

}  // namespace aapp::fit
