#include "analyze/fit/response_steps.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "analyze/fit/eq_solve.h"
#include "analyze/fit/eq_target.h"

namespace aapp::fit {
namespace {

constexpr double kLowestHz = 20.0;
constexpr std::size_t kPoints = 120;
// From where the step would have ended anyway.
constexpr EqSolveOptions kSolve{.max_iterations = 5, .tolerance = 1e-6};

using Square = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

ResponseSteps::ResponseSteps(const effects::EqParams& eq, std::size_t others, double rate_hz,
                             const BandBounds& within)
    : bands_(eq.bands.begin(), eq.bands.end()),
      size_(static_cast<int>(kParametersPerBand * bands_.size() + others)) {
  options_.frequency_hz = {std::exp(within.ln_frequency.low), std::exp(within.ln_frequency.high)};
  options_.gain_db = within.gain_db;
  options_.q = {std::exp(within.ln_q.low), std::exp(within.ln_q.high)};
  options_.offset = LevelOffset::fixed;
  options_.rate_hz = rate_hz;
  options_.restraint = 0.0;
  const double high = options_.frequency_hz.high;
  frequency_hz_ = log_grid({std::min(kLowestHz, high / 2.0), high}, kPoints);
}

EqTarget ResponseSteps::target(std::span<const double> x, std::span<const double> step) const {
  Bands bands = bands_;
  from_coordinates(x, bands);
  const EqModel model(frequency_hz_, options_.rate_hz);
  EqTarget target{.frequency_hz = frequency_hz_, .gain_db = std::vector<double>(model.size()), .weight = {}};
  std::vector<double> jacobian(model.size() * x.size());
  model.response_and_jacobian(bands, target.gain_db, jacobian);
  for (std::size_t k = 0; k < x.size(); ++k) {
    for (std::size_t i = 0; i < model.size(); ++i)
      target.gain_db[i] += jacobian[k * model.size() + i] * step[k];
  }
  return target;
}

bool ResponseSteps::Plus(const double* x, const double* delta, double* x_plus_delta) const {
  for (int i = 0; i < size_; ++i) x_plus_delta[i] = x[i] + delta[i];
  if (bands_.empty()) return true;
  const std::size_t count = kParametersPerBand * bands_.size();
  const std::span<double> end(x_plus_delta, count);
  Bands bands = bands_;
  from_coordinates(end, bands);
  const EqProblem problem(target({x, count}, {delta, count}), options_);
  to_coordinates(solve_eq(problem, bands, kSolve).bands, end);
  return std::ranges::all_of(end, [](double value) { return std::isfinite(value); });
}

bool ResponseSteps::PlusJacobian(const double*, double* jacobian) const {
  Eigen::Map<Square>(jacobian, size_, size_).setIdentity();
  return true;
}

// No solver of ours asks for it: the way back, for small steps.
bool ResponseSteps::Minus(const double* y, const double* x, double* y_minus_x) const {
  for (int i = 0; i < size_; ++i) y_minus_x[i] = y[i] - x[i];
  return true;
}

bool ResponseSteps::MinusJacobian(const double* x, double* jacobian) const {
  return PlusJacobian(x, jacobian);
}

}  // namespace aapp::fit
