// Pseudo-Huber as a residual: rho(r) = sign(r) sqrt(2 c^2 (sqrt(1 + (r/c)^2) - 1)), and d rho / d r. Whitened
// residuals beyond c count linearly instead of squared: clipped or edited samples do not pull.
#pragma once

#include <cmath>

namespace aapp::fit {

inline constexpr double kRobustScale = 4.0;

struct RobustResidual {
  double value, slope;
  explicit RobustResidual(double r) {
    const double t = r / kRobustScale;
    const double root = std::sqrt(1.0 + t * t);
    // sqrt(2 (root - 1)) = |t| sqrt(2 / (root + 1)), without cancellation
    const double shrink = std::sqrt(2.0 / (root + 1.0));
    value = r * shrink;
    slope = 1.0 / (root * shrink);
  }
};

}  // namespace aapp::fit
