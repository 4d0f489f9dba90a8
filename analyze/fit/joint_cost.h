// A chain's residuals as Ceres sees them: one cost function over all coordinates of equaliser and compressor,
// those of the bands first. A part of joint_fit.cpp.
#pragma once

#include <ceres/cost_function.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "analyze/fit/chain_residuals.h"
#include "analyze/fit/compressed_residuals.h"
#include "analyze/fit/compressor_fit.h"
#include "analyze/fit/eq_tangents.h"

namespace aapp::fit {

// The chain's millions of residuals as a few (compressed_residuals.h).
class JointCost final : public ceres::CostFunction {
 public:
  // A step that lowers the sum by less than this share is the last, and so is the last of so many that are
  // taken, or tried. What is passed must outlive this.
  JointCost(const ChainResiduals& residuals, const ChainModel& shape, double tolerance, int max_taken,
            int max_trials)
      : residuals_(residuals),
        shape_(shape),
        tolerance_(tolerance),
        steps_left_(max_taken),
        trials_left_(max_trials),
        parameters_(
            static_cast<Eigen::Index>(kCoordinatesPerBand * shape.eq.bands.size() + kCompressorCoordinates)) {
    mutable_parameter_block_sizes()->push_back(static_cast<int>(parameters_));
    set_num_residuals(static_cast<int>(parameters_ + 1));
  }

  // The last step was taken.
  bool ended() const { return ended_; }

  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override {
    const Model now = model_at({parameters[0], static_cast<std::size_t>(parameters_)});
    if (jacobians == nullptr || jacobians[0] == nullptr) {
      // A step on trial. Only the cost is looked at, and many are turned down.
      tried_ = residuals_.sum_squares(now.model, now.point);
      --trials_left_;
      put_sum(residuals);
      return true;
    }
    Eigen::Map<RowMajor> jacobian(jacobians[0], parameters_ + 1, parameters_);
    // Of a step that was taken. Derivatives cost most; nobody needs those at the end.
    if (here_ && (--steps_left_ <= 0 || trials_left_ <= 0 || tried_ > (1.0 - tolerance_) * *here_)) {
      ended_ = true;
      put_sum(residuals);
      jacobian.setZero();
      return true;
    }
    NormalEquations sums = residuals_.at(now.model, now.point);
    hold_at_bounds(now.point, sums.normal, sums.gradient);
    here_ = sums.sum_squares;
    const CompressedResiduals few = compress(sums.normal, sums.gradient, sums.sum_squares);
    std::copy_n(few.values.data(), few.values.size(), residuals);
    jacobian = few.jacobian;
    return true;
  }

 private:
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  struct Model {
    ChainModel model;
    CompressorPoint point{};
  };
  Model model_at(std::span<const double> values) const {
    Model now{.model = shape_};
    const std::size_t bands = values.size() - kCompressorCoordinates;
    set_band_coordinates(values.first(bands), now.model.eq);
    std::ranges::copy(values.subspan(bands), now.point.begin());
    return now;
  }

  void put_sum(double* residuals) const {
    std::fill_n(residuals, parameters_, 0.0);
    residuals[parameters_] = std::sqrt(tried_);
  }

  const ChainResiduals& residuals_;
  const ChainModel& shape_;
  double tolerance_;
  mutable int steps_left_, trials_left_;
  mutable double tried_ = 0.0;          // the sum of squares of the last step on trial
  mutable std::optional<double> here_;  // and where the derivatives were taken last
  mutable bool ended_ = false;
  Eigen::Index parameters_;
};

}  // namespace aapp::fit
