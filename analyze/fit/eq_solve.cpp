#include "analyze/fit/eq_solve.h"

#include <ceres/iteration_callback.h>
#include <ceres/problem.h>
#include <ceres/solver.h>

#include <algorithm>

#include "analyze/fit/band_bounds.h"
#include "analyze/fit/eq_cost.h"

namespace aapp::fit {

namespace {

class GiveUp final : public ceres::IterationCallback {
 public:
  explicit GiveUp(const EqSolveOptions& options) : options_(options) {}
  ceres::CallbackReturnType operator()(const ceres::IterationSummary& step) override {
    return step.iteration >= options_.probation && step.cost > options_.abandon_above
               ? ceres::SOLVER_TERMINATE_SUCCESSFULLY
               : ceres::SOLVER_CONTINUE;
  }

 private:
  const EqSolveOptions& options_;
};

std::vector<Range> coordinate_bounds(const EqProblem& problem, const Bands& bands) {
  std::vector<Range> bounds;
  for (const effects::EqBand& band : bands) {
    const EqProblem::Bounds b = problem.bounds(band.type);
    bounds.insert(bounds.end(), {b.ln_f, b.gain_db, b.ln_q});
  }
  return bounds;
}

ceres::Solver::Options solver_options(const EqSolveOptions& options) {
  ceres::Solver::Options o;
  o.linear_solver_type = ceres::DENSE_NORMAL_CHOLESKY;
  o.max_num_iterations = options.max_iterations;
  o.function_tolerance = options.tolerance;
  o.gradient_tolerance = 1e-14;
  o.parameter_tolerance = 1e-12;
  o.max_num_consecutive_invalid_steps = 20;
  o.max_num_line_search_step_size_iterations =
      0;  // EqCost keeps the active set: the projected step needs no search
  o.logging_type = ceres::SILENT;
  o.num_threads = 1;
  return o;
}

}  // namespace

EqSolution solve_eq(const EqProblem& problem, Bands start, const EqSolveOptions& options) {
  if (start.empty()) return {.bands = {}, .cost = problem.cost({}), .iterations = 0};
  for (effects::EqBand& band : start) band = problem.clamp(band);
  const std::vector<Range> bounds = coordinate_bounds(problem, start);
  std::vector<double> x(bounds.size());
  to_coordinates(start, x);
  for (std::size_t k = 0; k < x.size(); ++k) x[k] = std::clamp(x[k], bounds[k].low, bounds[k].high);

  EqCost cost(problem, start, bounds);
  if (x.empty()) {  // no band: nothing to move, and Ceres takes no empty block
    std::vector<double> residuals(static_cast<std::size_t>(cost.num_residuals()));
    const double* nothing = x.data();
    cost.Evaluate(&nothing, residuals.data(), nullptr);
    double sum = 0.0;
    for (const double r : residuals) sum += r * r;
    return {.bands = start, .cost = 0.5 * sum, .iterations = 0};
  }
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  ceres::Problem ceres_problem(ownership);
  ceres_problem.AddResidualBlock(&cost, nullptr, x.data());
  for (std::size_t k = 0; k < x.size(); ++k) bound(ceres_problem, x, k, bounds[k]);
  GiveUp give_up(options);
  ceres::Solver::Options o = solver_options(options);
  o.callbacks.push_back(&give_up);
  ceres::Solver::Summary summary;
  ceres::Solve(o, &ceres_problem, &summary);

  from_coordinates(x, start);
  return {.bands = start,
          .cost = summary.final_cost,
          .iterations = summary.num_successful_steps + summary.num_unsuccessful_steps};
}

}  // namespace aapp::fit
