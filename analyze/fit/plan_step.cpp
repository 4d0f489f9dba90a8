#include "analyze/fit/plan_step.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/fit/dynamics_match.h"
#include "analyze/fit/eq_problem.h"

namespace aapp::fit {

namespace {

// How bold: what a step of one unit in a coordinate costs, as a share of what is left.
constexpr std::array kCaution{0.003, 0.03, 0.3};
// How many times their worth levels count.
constexpr std::array kLevelsCount{1.0, 4.0};
// Derivatives are taken over this share of a unit.
constexpr double kProbe = 0.1;
// A threshold stays this near to where the compressor's own fit put it.
constexpr double kThresholdDb = 12.0;

// A coordinate's bounds, and how far it may well go in one step.
struct Axis {
  double low, high, unit;
};

// A plan's settings as numbers: three a band, as eq_model.h has them, then the compressor's.
class PlanAxes {
 public:
  PlanAxes(const FitPlan& plan, const EqProblem& problem) : plan_(plan) {
    for (const effects::EqBand& band : plan.bands) {
      const EqProblem::Bounds bounds = problem.bounds(band.type);
      for (const auto& [range, unit] :
           {std::pair(bounds.ln_f, 0.15), {bounds.gain_db, 1.5}, {bounds.ln_q, 0.3}})
        axes_.push_back({range.low, range.high, unit});
    }
    at_.resize(axes_.size());
    to_coordinates(plan.bands, at_);
    if (!plan.compressor) return;
    const DynamicsVector compressor = to_dynamics_vector(*plan.compressor);
    DynamicsBounds bounds = dynamics_bounds(0.0, kMostRatio);
    bounds.low[kDynamicsThresholdDb] = compressor[kDynamicsThresholdDb] - kThresholdDb;
    bounds.high[kDynamicsThresholdDb] = compressor[kDynamicsThresholdDb] + kThresholdDb;
    constexpr DynamicsVector kUnits{2.0, 0.1, 3.0, 0.4, 0.4};
    for (std::size_t k = 0; k < compressor.size(); ++k) {
      axes_.push_back({bounds.low[k], bounds.high[k], kUnits[k]});
      at_.push_back(compressor[k]);
    }
  }

  std::size_t size() const { return axes_.size(); }

  // The plan, moved by so many units along each axis, as far as bounds allow.
  FitPlan moved(const Eigen::VectorXd& units) const {
    std::vector<double> x = at_;
    for (std::size_t k = 0; k < x.size(); ++k)
      x[k] =
          std::clamp(x[k] + axes_[k].unit * units(static_cast<Eigen::Index>(k)), axes_[k].low, axes_[k].high);
    FitPlan plan = plan_;
    const std::size_t in_bands = plan.bands.size() * kParametersPerBand;
    from_coordinates(std::span(x).first(in_bands), plan.bands);
    if (plan.compressor) {
      DynamicsVector compressor;
      std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(in_bands), compressor.size(), compressor.begin());
      plan.compressor = to_compressor(compressor);
    }
    return plan;
  }

  // Away from the bound that is nearer.
  double probe(std::size_t k) const {
    return at_[k] + axes_[k].unit * kProbe > axes_[k].high ? -kProbe : kProbe;
  }

 private:
  const FitPlan& plan_;
  std::vector<Axis> axes_;
  std::vector<double> at_;
};

// What a result lacks, as two lists: sums of squares are mean squares in dB.
struct Missing {
  Eigen::VectorXd spectrum, levels;
};

Missing missing_in(const measure::TrackProfile& result, const PlanGoal& goal) {
  const std::vector<double> bands = missing_db(goal.spectrum, result.ltas);
  const std::vector<double>& wanted = goal.dynamics.quantiles_db[measure::kMainScale];
  std::vector<double> found = dynamics_of(result.envelope).quantiles_db[measure::kMainScale];
  const auto as_vector = [](const std::vector<double>& list) -> Eigen::VectorXd {
    const auto count = static_cast<Eigen::Index>(list.size());
    return Eigen::Map<const Eigen::VectorXd>(list.data(), count) / std::sqrt(static_cast<double>(count));
  };
  if (found.size() != wanted.size()) return {as_vector(bands), {}};
  return {as_vector(bands), as_vector(wanted) - as_vector(found)};
}

// One linear model of all that is missing.
class Response {
 public:
  Response(const PlanAxes& axes, const Missing& now, std::span<const measure::TrackProfile> probed,
           const PlanGoal& goal)
      : now_(now),
        by_{Eigen::MatrixXd(now.spectrum.size(), axes.size()),
            Eigen::MatrixXd(now.levels.size(), axes.size())} {
    for (std::size_t k = 0; k < probed.size(); ++k) {
      const Missing then = missing_in(probed[k], goal);
      const auto column = static_cast<Eigen::Index>(k);
      by_.spectrum.col(column) = (then.spectrum - now.spectrum) / axes.probe(k);
      by_.levels.col(column) = (then.levels - now.levels) / axes.probe(k);
    }
  }

  Eigen::VectorXd step(double levels_worth, double caution) const {
    const double worth = levels_worth * levels_worth;
    Eigen::MatrixXd normal =
        by_.spectrum.transpose() * by_.spectrum + worth * by_.levels.transpose() * by_.levels;
    const Eigen::VectorXd gradient =
        by_.spectrum.transpose() * now_.spectrum + worth * by_.levels.transpose() * now_.levels;
    normal.diagonal().array() += caution * (now_.spectrum.squaredNorm() + worth * now_.levels.squaredNorm());
    return -normal.ldlt().solve(gradient);
  }

 private:
  Missing now_;
  struct {
    Eigen::MatrixXd spectrum, levels;
  } by_;  // a column for each axis
};

}  // namespace

Result<std::vector<FitPlan>> steps_from(const FitPlan& plan, const measure::TrackProfile& result,
                                        const PlanGoal& goal, const EqFitOptions& eq, const PlayPlans& play) {
  const PlanAxes axes(plan, EqProblem(goal.spectrum.curve, eq));
  const Missing now = missing_in(result, goal);
  std::vector<FitPlan> plans;
  if (axes.size() == 0 || now.spectrum.size() == 0 || now.levels.size() == 0) return plans;
  for (std::size_t k = 0; k < axes.size(); ++k) {
    const auto size = static_cast<Eigen::Index>(axes.size());
    plans.push_back(axes.moved(axes.probe(k) * Eigen::VectorXd::Unit(size, static_cast<Eigen::Index>(k))));
  }
  return play(plans).map([&](const std::vector<measure::TrackProfile>& probed) {
    const Response response(axes, now, probed, goal);
    plans.clear();
    for (const double count : kLevelsCount) {
      for (const double caution : kCaution)
        plans.push_back(axes.moved(response.step(count * goal.levels_worth, caution)));
    }
    return plans;
  });
}

}  // namespace aapp::fit
