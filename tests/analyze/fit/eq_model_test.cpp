#include "analyze/fit/eq_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/fit/eq_problem.h"
#include "analyze/fit/eq_target.h"
#include "common/dsp/biquad_response.h"
#include "tests/support/planted_eq.h"

namespace aapp::fit {
namespace {

const Bands kOneOfEach{
    {.type = dsp::BandType::peak, .frequency_hz = 40.0, .gain_db = 6.0, .q = 3.0},
    {.type = dsp::BandType::low_shelf, .frequency_hz = 200.0, .gain_db = -5.0, .q = 0.6},
    {.type = dsp::BandType::high_shelf, .frequency_hz = 6000.0, .gain_db = 4.0, .q = 1.1},
    {.type = dsp::BandType::high_pass, .frequency_hz = 25.0, .gain_db = 0.0, .q = 0.7},
    {.type = dsp::BandType::low_pass, .frequency_hz = 15000.0, .gain_db = 0.0, .q = 0.7},
};

TEST(EqModel, EqualsTheSumOfItsBandsResponses) {
  const std::vector<double> f_hz = log_grid({20.0, 20000.0}, 50);
  std::vector<double> response(f_hz.size());
  EqModel(f_hz, 48000.0).response_db(kOneOfEach, response);
  for (std::size_t i = 0; i < f_hz.size(); ++i) {
    double expected = 0.0;
    for (const effects::EqBand& b : kOneOfEach) {
      const auto k = dsp::design_biquad(b.type, b.frequency_hz, b.gain_db, b.q, 48000.0);
      expected += dsp::response_db(k, dsp::response_phi(f_hz[i], 48000.0));
    }
    EXPECT_NEAR(response[i], expected, 1e-9) << f_hz[i];
  }
}

TEST(EqModel, DerivativesAreThoseOfFiniteDifferences) {
  const std::vector<double> f_hz = log_grid({20.0, 20000.0}, 60);
  const EqModel model(f_hz, 44100.0);
  const std::size_t columns = kParametersPerBand * kOneOfEach.size();
  std::vector<double> response(f_hz.size()), jacobian(columns * f_hz.size());
  model.response_and_jacobian(kOneOfEach, response, jacobian);
  std::vector<double> x(columns), above(f_hz.size()), below(f_hz.size());
  to_coordinates(kOneOfEach, x);
  constexpr double kStep = 1e-5;
  for (std::size_t k = 0; k < columns; ++k) {
    Bands bands = kOneOfEach;
    const double at = x[k];
    x[k] = at + kStep;
    from_coordinates(x, bands);
    model.response_db(bands, above);
    x[k] = at - kStep;
    from_coordinates(x, bands);
    model.response_db(bands, below);
    x[k] = at;
    for (std::size_t i = 0; i < f_hz.size(); ++i) {
      const double slope = (above[i] - below[i]) / (2.0 * kStep);
      EXPECT_NEAR(jacobian[k * f_hz.size() + i], slope, 1e-4 * (1.0 + std::abs(slope)))
          << "column " << k << ", " << f_hz[i];
    }
  }
}

TEST(EqModel, ABandThatIsOffIsFlat) {
  const std::vector<double> f_hz = log_grid({20.0, 20000.0}, 10);
  effects::EqBand band = kOneOfEach.front();
  band.enabled = false;
  std::vector<double> response(f_hz.size(), 1.0), jacobian(kParametersPerBand * f_hz.size(), 1.0);
  EqModel(f_hz, 48000.0).response_and_jacobian({&band, 1}, response, jacobian);
  for (const double x : response) EXPECT_EQ(x, 0.0);
  for (const double x : jacobian) EXPECT_EQ(x, 0.0);
}

// Central differences of the cost against the gradient that the solver gets.
void expect_true_gradient(const EqProblem& problem, const Bands& bands) {
  GaussNewton normal;
  problem.gauss_newton(bands, normal);
  EXPECT_NEAR(normal.cost, problem.cost(bands), 1e-10 * (1.0 + normal.cost));
  std::vector<double> x(kParametersPerBand * bands.size());
  to_coordinates(bands, x);
  constexpr double kStep = 1e-6;
  for (std::size_t k = 0; k < x.size(); ++k) {
    Bands moved = bands;
    std::vector<double> at = x;
    at[k] += kStep;
    from_coordinates(at, moved);
    const double above = problem.cost(moved);
    at[k] -= 2.0 * kStep;
    from_coordinates(at, moved);
    const double slope = (above - problem.cost(moved)) / (2.0 * kStep);
    EXPECT_NEAR(normal.gradient(static_cast<Eigen::Index>(k)), slope, 1e-4 * (1.0 + std::abs(slope))) << k;
  }
}

TEST(EqProblem, ItsGradientIsThatOfItsCostWithTheLevelEliminated) {
  const EqTarget target = test::planted_curve(test::planted_eq(3));
  expect_true_gradient(EqProblem(target, {}), {kOneOfEach.begin(), kOneOfEach.begin() + 3});
}

TEST(EqProblem, ItsGradientIncludesTheRestraint) {
  const EqTarget target = test::planted_curve(test::planted_eq(4));
  const Bands fighting{{.frequency_hz = 900.0, .gain_db = 15.0, .q = 9.0},
                       {.frequency_hz = 1100.0, .gain_db = -14.0, .q = 1.0}};
  const EqFitOptions options{.q = {0.4, 20.0}};
  const EqProblem problem(target, options);
  ASSERT_GT(problem.restraint().undone_db(fighting), kFreeUndoneDb);
  expect_true_gradient(problem, fighting);
}

TEST(EqRestraint, LeavesSensibleBandsAlone) {
  const EqRestraint restraint(EqFitOptions{});
  const Bands sensible{{.type = dsp::BandType::low_shelf, .frequency_hz = 100.0, .gain_db = 6.0, .q = 0.7},
                       {.frequency_hz = 200.0, .gain_db = -2.5, .q = 1.0},
                       {.frequency_hz = 3000.0, .gain_db = 8.0, .q = 4.0}};
  EXPECT_NEAR(restraint.apply(sensible, 0.5), 0.5, 1e-6);
}

TEST(EqRestraint, MakesCancellingAndRingingBandsEarnThemselves) {
  const EqRestraint restraint(EqFitOptions{});
  const Bands fighting{{.frequency_hz = 900.0, .gain_db = 14.0, .q = 1.0},
                       {.frequency_hz = 1100.0, .gain_db = -14.0, .q = 1.0}};
  const Bands ringing{{.frequency_hz = 900.0, .gain_db = 12.0, .q = 20.0}};
  EXPECT_GT(restraint.apply(fighting, 0.5), 0.7);
  EXPECT_GT(restraint.apply(ringing, 0.5), 0.7);
  EXPECT_LT(restraint.apply(fighting, 0.0), 1e-6) << "where the curve is followed exactly they cost nothing";
}

}  // namespace
}  // namespace aapp::fit
