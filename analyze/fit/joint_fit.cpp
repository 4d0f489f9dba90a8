#include "analyze/fit/joint_fit.h"

#include <ceres/ceres.h>
#include <ceres/normal_prior.h>

#include <algorithm>

#include "analyze/fit/band_bounds.h"
#include "analyze/fit/eq_tangents.h"
#include "analyze/fit/joint_cost.h"
#include "analyze/fit/response_steps.h"

namespace aapp::fit {
namespace {

// Where the first steps are bold, some are turned down before one is taken: so many trials for each of these.
constexpr int kBoldTrials = 2;

void bound_all(ceres::Problem& problem, std::vector<double>& p, const effects::EqParams& eq,
               const BandBounds& within) {
  bound_bands(problem, p, eq, within);
  for (std::size_t k = 0; k < kCompressorCoordinates; ++k) {
    bound(problem, p, kCoordinatesPerBand * eq.bands.size() + k,
          coordinate_bounds(static_cast<CompressorCoordinate>(k)));
  }
}

// Ceres' own tolerance also ends at a step that was turned down, on the way to a smaller trust region, and
// throws the last one away.
class EndWith final : public ceres::IterationCallback {
 public:
  explicit EndWith(const JointCost& cost) : cost_(cost) {}
  ceres::CallbackReturnType operator()(const ceres::IterationSummary&) override {
    return cost_.ended() ? ceres::SOLVER_TERMINATE_SUCCESSFULLY : ceres::SOLVER_CONTINUE;
  }

 private:
  const JointCost& cost_;
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
  const bool bold = options.path == StepPath::response;
  const int trials = (bold ? kBoldTrials : 1) * options.max_iterations;
  JointCost cost(residuals, start, options.tolerance, options.max_iterations, trials);
  std::vector<double> p = band_coordinates(start.eq);
  const std::size_t bands = start.eq.bands.size();
  const CompressorPoint point = to_point(start.compressor);
  p.insert(p.end(), point.begin(), point.end());
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ownership.manifold_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  ceres::Problem problem(ownership);
  problem.AddResidualBlock(&cost, nullptr, p.data());
  ceres::NormalPrior prior = belief(p);
  problem.AddResidualBlock(&prior, nullptr, p.data());
  const BandBounds within =
      band_bounds(excerpt.rate_hz, options.frequency_hz, options.max_gain_db, options.max_q);
  bound_all(problem, p, start.eq, within);
  ResponseSteps steps(start.eq, kCompressorCoordinates, excerpt.rate_hz, within);
  ceres::Solver::Options solver;
  if (bold) {
    problem.SetManifold(p.data(), &steps);
    solver.initial_trust_region_radius = kFirstRadius;
  }
  solver.linear_solver_type = ceres::DENSE_QR;
  solver.max_num_iterations = trials;
  solver.function_tolerance = 0.0;
  EndWith end(cost);
  solver.callbacks.push_back(&end);
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
