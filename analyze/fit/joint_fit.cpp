#include "analyze/fit/joint_fit.h"

#include <ceres/ceres.h>
#include <ceres/normal_prior.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "analyze/fit/eq_tangents.h"
#include "analyze/fit/paired_eq.h"

namespace aapp::fit {
namespace {

// Directions with less information than this, relative to what each parameter has alone, count as none.
constexpr double kNoInformation = 1e-13;

// The chain's millions of residuals as a few: with J'J = R'R, the vector (R^-T J'r; the rest of |r|) has the
// same sum of squares, the same gradient and the same Gauss-Newton matrix. That is all a solver looks at.
class CompressedCost final : public ceres::CostFunction {
 public:
  CompressedCost(const ChainResiduals& residuals, const ChainModel& shape)
      : residuals_(residuals),
        shape_(shape),
        parameters_(
            static_cast<Eigen::Index>(kCoordinatesPerBand * shape.eq.bands.size() + kCompressorCoordinates)) {
    mutable_parameter_block_sizes()->push_back(static_cast<int>(parameters_));
    set_num_residuals(static_cast<int>(parameters_ + 1));
  }

  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override {
    const Model now = model_at({parameters[0], static_cast<std::size_t>(parameters_)});
    if (jacobians == nullptr || jacobians[0] == nullptr) {
      // A step on trial. Only the cost is looked at, and many are turned down.
      std::fill_n(residuals, parameters_ + 1, 0.0);
      residuals[parameters_] = std::sqrt(residuals_.sum_squares(now.model, now.point));
      return true;
    }
    compress(residuals_.at(now.model, now.point));
    std::copy_n(values_.data(), values_.size(), residuals);
    Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
        jacobians[0], parameters_ + 1, parameters_) = jacobian_;
    return true;
  }

 private:
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

  void compress(const NormalEquations& sums) const {
    Eigen::VectorXd scale = sums.normal.diagonal().cwiseSqrt();
    const Eigen::VectorXd unscale = scale.unaryExpr([](double s) { return s > 0.0 ? 1.0 / s : 0.0; });
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(unscale.asDiagonal() * sums.normal *
                                                               unscale.asDiagonal());
    const Eigen::VectorXd turned =
        eigen.eigenvectors().transpose() * (unscale.asDiagonal() * sums.gradient).eval();
    values_ = Eigen::VectorXd::Zero(parameters_ + 1);
    jacobian_ = Eigen::MatrixXd::Zero(parameters_ + 1, parameters_);
    for (Eigen::Index k = 0; k < parameters_; ++k) {
      if (!(eigen.eigenvalues()(k) > kNoInformation)) continue;
      const double root = std::sqrt(eigen.eigenvalues()(k));
      values_(k) = turned(k) / root;
      jacobian_.row(k) = root * (scale.asDiagonal() * eigen.eigenvectors().col(k)).transpose();
    }
    values_(parameters_) = std::sqrt(std::max(0.0, sums.sum_squares - values_.squaredNorm()));
  }

  const ChainResiduals& residuals_;
  const ChainModel& shape_;
  Eigen::Index parameters_;
  mutable Eigen::VectorXd values_;
  mutable Eigen::MatrixXd jacobian_;
};

// Bounds by projection.
void bound(ceres::Problem& problem, std::vector<double>& p, std::size_t index, Range range) {
  p[index] = std::clamp(p[index], range.low, range.high);
  problem.SetParameterLowerBound(p.data(), static_cast<int>(index), range.low);
  problem.SetParameterUpperBound(p.data(), static_cast<int>(index), range.high);
}

void bound_all(ceres::Problem& problem, std::vector<double>& p, std::size_t bands, int rate_hz,
               const JointFitOptions& options) {
  const BandBounds range = band_bounds(rate_hz, options.frequency_hz, options.max_gain_db, options.max_q);
  for (std::size_t b = 0; b < bands; ++b) {
    bound(problem, p, kCoordinatesPerBand * b, range.ln_frequency);
    bound(problem, p, kCoordinatesPerBand * b + 1, range.gain_db);
    bound(problem, p, kCoordinatesPerBand * b + 2, range.ln_q);
  }
  for (std::size_t k = 0; k < kCompressorCoordinates; ++k) {
    bound(problem, p, kCoordinatesPerBand * bands + k,
          coordinate_bounds(static_cast<CompressorCoordinate>(k)));
  }
}

// Ends at a step that was taken and lowered the cost by less than this share. Ceres' own tolerance also ends
// at one that was turned down, on the way to a smaller trust region, and throws the last one away.
class SmallGain final : public ceres::IterationCallback {
 public:
  explicit SmallGain(double tolerance) : tolerance_(tolerance) {}
  ceres::CallbackReturnType operator()(const ceres::IterationSummary& step) override {
    const bool small = step.iteration > 0 && step.step_is_successful &&
                       step.cost_change < tolerance_ * (step.cost + step.cost_change);
    return small ? ceres::SOLVER_TERMINATE_SUCCESSFULLY : ceres::SOLVER_CONTINUE;
  }

 private:
  double tolerance_;
};

// As compressor_fit.h has it, about the threshold that the compressor was found with.
ceres::NormalPrior belief(const std::vector<double>& p) {
  const auto count = static_cast<Eigen::Index>(p.size());
  const Eigen::Index threshold = count - static_cast<Eigen::Index>(kCompressorCoordinates - kThresholdDb);
  const Eigen::Index knee = count - static_cast<Eigen::Index>(kCompressorCoordinates - kKneeDb);
  ceres::Matrix scale = ceres::Matrix::Zero(2, count);
  ceres::Vector centre = ceres::Vector::Zero(count);
  scale(0, threshold) = 1.0 / kLikelyThresholdSpreadDb;
  scale(1, knee) = 1.0 / kLikelyKneeSpreadDb;
  centre(threshold) = p[static_cast<std::size_t>(threshold)];
  centre(knee) = kLikelyKneeDb;
  return {scale, centre};
}

}  // namespace

JointFit fit_jointly(const PairExcerpt& excerpt, const ChainModel& start, const ErrorModel& error,
                     const JointFitOptions& options) {
  const ChainResiduals residuals(excerpt, start.kind, error, options.stride, options.threads);
  CompressedCost cost(residuals, start);
  std::vector<double> p = band_coordinates(start.eq);
  const std::size_t bands = start.eq.bands.size();
  const CompressorPoint point = to_point(start.compressor);
  p.insert(p.end(), point.begin(), point.end());
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  ceres::Problem problem(ownership);
  problem.AddResidualBlock(&cost, nullptr, p.data());
  ceres::NormalPrior prior = belief(p);
  problem.AddResidualBlock(&prior, nullptr, p.data());
  bound_all(problem, p, bands, excerpt.rate_hz, options);
  ceres::Solver::Options solver;
  solver.linear_solver_type = ceres::DENSE_QR;
  solver.max_num_iterations = options.max_iterations;
  solver.function_tolerance = 0.0;
  SmallGain small_gain(options.tolerance);
  solver.callbacks.push_back(&small_gain);
  solver.max_num_line_search_step_size_iterations = 0;
  solver.num_threads = 1;
  solver.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(solver, &problem, &summary);
  JointFit fit{.model = start, .cost = 0.0};
  set_band_coordinates(std::span(p).first(kCoordinatesPerBand * bands), fit.model.eq);
  CompressorPoint found{};
  std::copy(p.end() - kCompressorCoordinates, p.end(), found.begin());
  fit.model.compressor = to_params(found, start.compressor);
  const std::size_t counted = residuals.count();
  fit.cost = summary.final_cost / static_cast<double>(std::max<std::size_t>(1, counted));
  return fit;
}

}  // namespace aapp::fit
