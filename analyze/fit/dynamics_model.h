// What a compressor makes of a source's level statistics, predicted at control rate through the very formulas
// that play (dsp/gain_curve.h, dsp/ballistics.h). Templated, so that the same lines give the derivatives. The
// topology is the project's plain one: peak detector, smoothing of the gain in dB, branching.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "analyze/fit/level_series.h"
#include "common/base/units.h"
#include "common/dsp/ballistics.h"
#include "common/dsp/gain_curve.h"
#include "common/effects/compressor.h"

namespace aapp::fit {

template <class T>
struct DynamicsPoint {
  T threshold_db;
  T slope;  // 1 - 1 / ratio
  T knee_db;
  T ln_attack_ms;
  T ln_release_ms;
};

inline DynamicsPoint<double> to_dynamics_point(const effects::CompressorParams& p) {
  return {p.threshold_db, dsp::ratio_to_slope(p.ratio), p.knee_db, std::log(p.attack_ms),
          std::log(p.release_ms)};
}

// Power of every cell after the compressor, without make-up.
template <class T>
std::vector<T> compressed_powers(const LevelSeries& series, const DynamicsPoint<T>& point) {
  using std::exp;
  const dsp::GainCurve<T> curve{point.threshold_db, point.slope, point.knee_db};
  const dsp::BallisticsPoles<T> poles{
      time_constant_to_pole(T(exp(point.ln_attack_ms)), series.step_rate_hz),
      time_constant_to_pole(T(exp(point.ln_release_ms)), series.step_rate_hz)};
  dsp::BallisticsState<T> state{T(0.0), T(0.0)};
  std::vector<T> powers;
  powers.reserve(series.cells());
  const float* level_db = series.level_db.data();
  for (const float power : series.power) {
    T reduction_db(0.0);
    for (std::size_t s = 0; s < kStepsPerCell; ++s) {
      const T wanted = -dsp::gain_curve_db(curve, T(static_cast<double>(*level_db++)));
      reduction_db += dsp::ballistics_step(dsp::Ballistics::branching, poles, wanted, state);
    }
    powers.push_back(static_cast<double>(power) * db_to_power(reduction_db * (-1.0 / double{kStepsPerCell})));
  }
  return powers;
}

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
