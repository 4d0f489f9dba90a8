#include "analyze/report/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace aapp::report {
namespace {

// The largest of 1, 2, 5 times a power of ten that gives at least `count` steps in `span`.
double round_step(double span, int count) {
  const double rough = span / std::max(1, count);
  double decade = 1.0;
  while (decade > rough) decade /= 10.0;
  while (decade * 10.0 <= rough) decade *= 10.0;
  if (decade * 5.0 <= rough) return decade * 5.0;
  if (decade * 2.0 <= rough) return decade * 2.0;
  return decade;
}

std::string tick_label(double value, double step) {
  if (std::abs(value) < step * 1e-6) value = 0.0;  // no "-0"
  return fmt::format("{:g}", value);
}

}  // namespace

Axis frequency_axis(double min_hz, double max_hz) {
  Axis axis{
      .label = "frequency, Hz", .min = min_hz, .max = max_hz, .scale = AxisScale::logarithmic, .ticks = {}};
  for (double decade = 10.0; decade <= max_hz; decade *= 10.0) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double hz = decade * digit;
      if (hz < min_hz || hz > max_hz) continue;
      axis.ticks.push_back({hz, hz < 1000.0 ? fmt::format("{:g}", hz) : fmt::format("{:g}k", hz / 1000.0)});
    }
  }
  return axis;
}

Axis linear_axis(std::string label, double min, double max, int count) {
  Axis axis{.label = std::move(label), .min = min, .max = max, .scale = AxisScale::linear, .ticks = {}};
  const double step = round_step(max - min, count);
  for (double k = std::ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k += 1.0) {
    axis.ticks.push_back({k * step, tick_label(k * step, step)});
  }
  return axis;
}

Axis axis_around(std::string label, const std::vector<Series>& series, double least_span) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Series& s : series) {
    for (const auto* values : {&s.y, &s.y_low}) {
      for (const double v : *values) {
        if (!std::isfinite(v)) continue;
        low = std::min(low, v);
        high = std::max(high, v);
      }
    }
  }
  if (low > high) low = high = 0.0;
  const double lacking = std::max(0.0, least_span - (high - low));
  low -= lacking / 2.0;
  high += lacking / 2.0;
  const double step = round_step(high - low, 6);
  return linear_axis(std::move(label), std::floor(low / step) * step, std::ceil(high / step) * step);
}

}  // namespace aapp::report
