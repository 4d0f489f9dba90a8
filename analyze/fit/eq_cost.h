// The equaliser problem as Ceres sees it: one cost function that hands over the normal equations instead of
// hundreds of residuals. With L L' = J'J the residual [L^-1 J'r; c] and the Jacobian [L'; 0] have the same
// gradient, the same Gauss-Newton matrix and (through c) the same cost as the full problem, so
// Levenberg-Marquardt takes the same steps while Ceres handles 3N+1 rows.
//
// Bounds: where a coordinate lies at a bound and the gradient points outward, its column is set to zero, so
// the step of the others is the one of the problem without it (the active set of Bertsekas, "Projected Newton
// methods", 1982). Ceres' own projection alone would let such coordinates distort every step.
#pragma once

#include <ceres/cost_function.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "analyze/fit/eq_problem.h"

namespace aapp::fit {

class EqCost final : public ceres::CostFunction {
 public:
  // `bands` gives the types; the problem and the bounds must outlive the cost.
  EqCost(const EqProblem& problem, const Bands& bands, const std::vector<Range>& bounds)
      : problem_(problem), bands_(bands), bounds_(bounds) {
    const auto n = static_cast<int>(bounds.size());
    mutable_parameter_block_sizes()->push_back(n);
    set_num_residuals(n + 1);
  }

  bool Evaluate(const double* const* parameters, double* residuals, double** jacobians) const override {
    const std::size_t n = bounds_.size();
    from_coordinates({parameters[0], n}, bands_);
    if (jacobians == nullptr || jacobians[0] == nullptr) {
      std::fill_n(residuals, n, 0.0);
      residuals[n] = std::sqrt(2.0 * problem_.cost(bands_));
      return std::isfinite(residuals[n]);
    }
    problem_.gauss_newton(bands_, normal_);
    release_active_bounds({parameters[0], n});
    return compress(residuals, jacobians[0]);
  }

 private:
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  void release_active_bounds(std::span<const double> x) const {
    for (std::size_t k = 0; k < bounds_.size(); ++k) {
      const auto row = static_cast<Eigen::Index>(k);
      const double downhill = -normal_.gradient(row);
      const bool pushes_out =
          (x[k] <= bounds_[k].low && downhill < 0.0) || (x[k] >= bounds_[k].high && downhill > 0.0);
      if (!pushes_out) continue;
      normal_.gradient(row) = 0.0;
      normal_.matrix.row(row).setZero();
      normal_.matrix.col(row).setZero();
    }
  }

  bool compress(double* residuals, double* jacobian) const {
    const auto n = static_cast<Eigen::Index>(bounds_.size());
    // Far below anything that moves the solution, far above rounding: keeps the factor real when bands are
    // redundant. A curve known at hardly any frequency needs more.
    constexpr double kLeastRidge = 1e-13, kMostRidge = 1e-5;
    const double size = normal_.matrix.trace() + 1e-30;
    Eigen::LLT<Eigen::MatrixXd> factor;
    for (double ridge = kLeastRidge; ridge < kMostRidge; ridge *= 100.0) {
      normal_.matrix.diagonal().array() += ridge * size;
      factor.compute(normal_.matrix);
      if (factor.info() == Eigen::Success) break;
    }
    if (factor.info() != Eigen::Success) return false;
    Eigen::Map<Eigen::VectorXd> r(residuals, n + 1);
    Eigen::Map<RowMajor> j(jacobian, n + 1, n);
    r.head(n) = factor.matrixL().solve(normal_.gradient);
    r(n) = std::sqrt(std::max(0.0, 2.0 * normal_.cost - r.head(n).squaredNorm()));
    j.setZero();
    j.topRows(n).triangularView<Eigen::Upper>() = factor.matrixU();
    return std::isfinite(r.squaredNorm());
  }

  const EqProblem& problem_;
  // Scratch: each solve has a cost of its own and runs on one thread.
  mutable Bands bands_;
  const std::vector<Range>& bounds_;
  mutable GaussNewton normal_;
};

}  // namespace aapp::fit
