#include "analyze/fit/other_knee.h"

#include <algorithm>

#include "analyze/fit/compressor_fit.h"

namespace aapp::fit {
namespace {

// How far above the line's threshold the two touch, and how much steeper the line above the wide knee is.
constexpr double kReachDb = 4.0, kSteeper = 1.5;
// Inside a knee W of slope s, gain falls by s (x - T + W/2)^2 / (2 W); so far above the knee's lower end its
// tangent is that line.
constexpr double kInsideDb = 2.0 * kReachDb;
constexpr double kNarrowDb = 1.0;

// Below the knee, gain stays what it was.
CompressorPoint with_makeup_of(const CompressorPoint& from, CompressorPoint point) {
  point[kOffsetDb] =
      from[kOffsetDb] + point[kSlope] * point[kThresholdDb] - from[kSlope] * from[kThresholdDb];
  return point;
}

}  // namespace

CompressorPoint with_wide_knee(const CompressorPoint& point) {
  CompressorPoint wide = point;
  const double slope = point[kSlope];
  wide[kSlope] = std::min(kSteeper * slope, coordinate_bounds(kSlope).high);
  wide[kKneeDb] = kInsideDb * (slope > 0.0 ? wide[kSlope] / slope : 1.0);
  wide[kThresholdDb] += kReachDb - kInsideDb + 0.5 * wide[kKneeDb];
  return with_makeup_of(point, wide);
}

CompressorPoint with_line_through_knee(const CompressorPoint& point) {
  CompressorPoint line = point;
  line[kSlope] *= kInsideDb / point[kKneeDb];
  line[kThresholdDb] += kReachDb - 0.5 * point[kKneeDb];
  line[kKneeDb] = kNarrowDb;
  return with_makeup_of(point, line);
}

CompressorPoint with_other_knee(const CompressorPoint& point) {
  return point[kKneeDb] > kInsideDb ? with_line_through_knee(point) : with_wide_knee(point);
}

}  // namespace aapp::fit
