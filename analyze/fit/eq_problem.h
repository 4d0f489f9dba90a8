// The least-squares problem behind an equaliser fit: the curve, its weights, the bounds and the restraint,
// with cost, gradient and Gauss-Newton matrix at any set of bands. What minimises it is eq_solve.h.
//
// Residuals are sqrt(w_i) (offset + response_i - target_i), the weights scaled to sum 1, so the cost is half
// the mean square error in dB^2. The level offset is linear: it is eliminated (its best value is the weighted
// mean of the rest), which is exact, derivatives included (variable projection; Golub & Pereyra 1973).
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "analyze/fit/eq_fit.h"
#include "analyze/fit/eq_model.h"
#include "analyze/fit/eq_restraint.h"

namespace aapp::fit {

// Solver coordinates of bands: kParametersPerBand values each, in the order of eq_model.h.
void to_coordinates(const Bands& bands, std::span<double> x);
// Frequencies, gains and Qs from coordinates; types stay.
void from_coordinates(std::span<const double> x, Bands& bands);

class EqProblem {
 public:
  // The target has been checked (fit_eq does). Only shapes, ranges, offset, rate and restraint of the options
  // count.
  EqProblem(const EqTarget& target, const EqFitOptions& options);

  // Half the mean square error, with the restraint.
  double cost(const Bands& bands) const;

  void gauss_newton(const Bands& bands, GaussNewton& out) const;

  // The same of the data alone (no restraint), the offset kept as a last coordinate: what uncertainties come
  // from.
  struct FullNormal {
    Eigen::MatrixXd matrix;
    double mean_square_db2 = 0.0;
  };
  FullNormal normal_with_offset(const Bands& bands) const;

  // offset + response - target at every point, unweighted.
  std::vector<double> residuals_db(const Bands& bands) const;
  double offset_db(const Bands& bands) const;

  // Bounds of the coordinates of one band of this type.
  struct Bounds {
    Range ln_f, gain_db, ln_q;
  };
  Bounds bounds(dsp::BandType type) const;
  // The band moved inside its bounds.
  effects::EqBand clamp(effects::EqBand band) const;

  const std::vector<double>& frequency_hz() const { return frequency_hz_; }
  const std::vector<double>& weight() const { return weight_; }  // sums to 1
  const EqModel& model() const { return model_; }
  const EqRestraint& restraint() const { return restraint_; }
  const EqFitOptions& options() const { return options_; }

 private:
  // response - target -> residuals; returns the offset that was added.
  double add_offset(std::span<double> difference_db) const;

  EqFitOptions options_;
  std::vector<double> frequency_hz_;
  std::vector<double> target_db_;
  std::vector<double> weight_;
  std::vector<double> sqrt_weight_;
  EqModel model_;
  EqRestraint restraint_;
};

}  // namespace aapp::fit
