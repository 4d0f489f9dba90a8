#include "analyze/fit/eq_target.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aapp::fit {

std::vector<double> log_grid(Range range_hz, std::size_t count) {
  std::vector<double> grid(count);
  const double low = std::log(range_hz.low);
  const double step = (std::log(range_hz.high) - low) / static_cast<double>(count - 1);
  for (std::size_t i = 0; i < count; ++i) grid[i] = std::exp(low + step * static_cast<double>(i));
  grid.front() = range_hz.low;
  grid.back() = range_hz.high;
  return grid;
}

std::vector<double> interpolate_db(const EqTarget& curve, const std::vector<double>& frequency_hz) {
  const std::vector<double>& x = curve.frequency_hz;
  std::vector<double> out;
  out.reserve(frequency_hz.size());
  for (const double f_hz : frequency_hz) {
    const auto right = static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), f_hz) - x.begin());
    if (right == 0 || right == x.size()) {
      out.push_back(right == 0 ? curve.gain_db.front() : curve.gain_db.back());
      continue;
    }
    const double t = std::log(f_hz / x[right - 1]) / std::log(x[right] / x[right - 1]);
    out.push_back(curve.gain_db[right - 1] + t * (curve.gain_db[right] - curve.gain_db[right - 1]));
  }
  return out;
}

EqTarget resample_log(const EqTarget& curve, Range range_hz, std::size_t count) {
  constexpr std::ptrdiff_t kEnoughToAverage = 3;
  EqTarget out{.frequency_hz = log_grid(range_hz, count), .gain_db = {}, .weight = {}};
  out.gain_db = interpolate_db(curve, out.frequency_hz);
  const double half_step =
      std::exp(0.5 * std::log(range_hz.high / range_hz.low) / static_cast<double>(count - 1));
  const std::vector<double>& x = curve.frequency_hz;
  auto begin = x.begin();
  for (std::size_t k = 0; k < count; ++k) {
    begin = std::lower_bound(begin, x.end(), out.frequency_hz[k] / half_step);
    const auto end = std::lower_bound(begin, x.end(), out.frequency_hz[k] * half_step);
    if (end - begin < kEnoughToAverage) continue;
    const auto first = curve.gain_db.begin() + (begin - x.begin());
    out.gain_db[k] = std::accumulate(first, first + (end - begin), 0.0) / static_cast<double>(end - begin);
  }
  return out;
}

EqTarget thin(const EqTarget& curve, std::size_t count) {
  const std::size_t points = curve.frequency_hz.size();
  if (points <= count) return curve;
  EqTarget out;
  for (std::size_t k = 0; k < count; ++k) {
    double weight = 0.0, log_f = 0.0, gain_db = 0.0;
    const std::size_t begin = k * points / count;
    const std::size_t end = (k + 1) * points / count;
    for (std::size_t i = begin; i < end; ++i) {
      const double w = curve.weight.empty() ? 1.0 : curve.weight[i];
      weight += w;
      log_f += w * std::log(curve.frequency_hz[i]);
      gain_db += w * curve.gain_db[i];
    }
    if (!(weight > 0.0)) continue;
    out.frequency_hz.push_back(std::exp(log_f / weight));
    out.gain_db.push_back(gain_db / weight);
    out.weight.push_back(weight);
  }
  return out;
}

}  // namespace aapp::fit
