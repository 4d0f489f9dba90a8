// Steps of a joint fit's coordinates, taken in the equaliser's response.
//
// A step of Gauss and Newton is right as far as the sound follows its derivatives. The bands' coordinates are
// not that straight: one that moves a peak by its own width, or two bands that overlap, ends far from what
// was promised, and small steps then creep along a curved valley. The response in dB has no such bends. So
// the bands go where their response is nearest, at all frequencies alike, to the one that they have and its
// derivative along the step together: a retraction onto the set of responses (Absil, Mahony & Sepulchre,
// "Optimization Algorithms on Matrix Manifolds", 2008, section 4.1). A small step stays what it was.
#pragma once

#include <ceres/manifold.h>

#include <span>

#include "analyze/fit/band_bounds.h"
#include "analyze/fit/eq_problem.h"

namespace aapp::fit {

// Ceres' first radius of trust (its own is 1e4). The valleys that bands curve are straight in their response,
// so the first steps may be bold.
inline constexpr double kFirstRadius = 1e6;

// Coordinates: those of the bands (eq_tangents.h), then `others`, which are added as they are. One solve, one
// thread.
class ResponseSteps final : public ceres::Manifold {
 public:
  // The types of `eq` count.
  ResponseSteps(const effects::EqParams& eq, std::size_t others, double rate_hz, const BandBounds& within);

  int AmbientSize() const override { return size_; }
  int TangentSize() const override { return size_; }
  bool Plus(const double* x, const double* delta, double* x_plus_delta) const override;
  bool PlusJacobian(const double* x, double* jacobian) const override;  // of no step: the identity
  bool Minus(const double* y, const double* x, double* y_minus_x) const override;
  bool MinusJacobian(const double* x, double* jacobian) const override;

 private:
  // What the bands do in dB, and where a step along their derivatives would bring that.
  EqTarget target(std::span<const double> x, std::span<const double> step) const;

  Bands bands_;
  int size_;
  EqFitOptions options_;
  std::vector<double> frequency_hz_;
};

}  // namespace aapp::fit
