#include "analyze/fit/uncertainty.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/fit/random.h"

namespace aapp::fit {
namespace {

FittedParameter linear(const std::string& name, double value) {
  return {.name = name,
          .value = value,
          .coordinate = Coordinate::linear,
          .bounds = {-100.0, 100.0},
          .useful_halfwidth = 1.0};
}

// The textbook's straight line: standard errors in closed form.
TEST(Uncertainty, IsTheTextbooksForAStraightLine) {
  constexpr int kPoints = 50;
  double sx = 0.0, sxx = 0.0;
  for (int i = 0; i < kPoints; ++i) sx += i, sxx += i * i;
  const double residual_sum = 4.8;
  const auto report = estimate_uncertainty({.parameters = {linear("a", 1.0), linear("b", 2.0)},
                                            .normal_matrix = {kPoints, sx, sx, sxx},
                                            .residual_sum_squares = residual_sum,
                                            .independent_residuals = kPoints});
  const double variance = residual_sum / (kPoints - 2);
  const double centred = sxx - sx * sx / kPoints;
  EXPECT_NEAR(report.parameters[1].std_error, std::sqrt(variance / centred), 1e-12);
  EXPECT_NEAR(report.parameters[0].std_error, std::sqrt(variance * sxx / (kPoints * centred)), 1e-12);
  // Student's t for 48 degrees of freedom is 2.0106.
  EXPECT_NEAR((report.parameters[1].ci95.high - 2.0) / report.parameters[1].std_error, 2.0106, 1e-3);
  EXPECT_TRUE(report.parameters[1].identified);
}

TEST(Uncertainty, SaysWhenTwoParametersAreOnlyKnownTogether) {
  const auto report =
      estimate_uncertainty({.parameters = {linear("a", 1.0), linear("b", 2.0), linear("c", 3.0)},
                            .normal_matrix = {1, 1, 0, 1, 1, 0, 0, 0, 1},
                            .residual_sum_squares = 1e-4,
                            .independent_residuals = 100});
  EXPECT_FALSE(report.parameters[0].identified);
  EXPECT_FALSE(report.parameters[1].identified);
  EXPECT_TRUE(report.parameters[2].identified);
  EXPECT_EQ(report.parameters[0].ci95, (Range{-100.0, 100.0}));
}

TEST(Uncertainty, NamesStrongCorrelations) {
  const auto report = estimate_uncertainty({.parameters = {linear("a", 1.0), linear("b", 2.0)},
                                            .normal_matrix = {1, 0.95, 0.95, 1},
                                            .residual_sum_squares = 1e-4,
                                            .independent_residuals = 100});
  ASSERT_EQ(report.strong_correlations.size(), 1U);
  EXPECT_NEAR(report.strong_correlations[0].value, -0.95, 1e-9);
}

TEST(Uncertainty, AValueAtItsLimitIsNotIdentified) {
  const auto report = estimate_uncertainty({.parameters = {linear("a", 100.0)},
                                            .normal_matrix = {1},
                                            .residual_sum_squares = 1e-6,
                                            .independent_residuals = 100});
  EXPECT_FALSE(report.parameters[0].identified);
}

TEST(Uncertainty, IntervalsOfLogarithmsAreRatios) {
  const FittedParameter q{
      .name = "q", .value = 2.0, .coordinate = Coordinate::logarithmic, .bounds = {0.1, 100.0}};
  const auto report = estimate_uncertainty(
      {.parameters = {q}, .normal_matrix = {1}, .residual_sum_squares = 1.0, .independent_residuals = 100});
  const ParameterEstimate& e = report.parameters[0];
  EXPECT_NEAR(e.ci95.high / 2.0, 2.0 / e.ci95.low, 1e-12);
}

// The promise of an interval: the truth lies in it in 95 of 100 repetitions.
TEST(Uncertainty, IntervalsHoldTheTruthAsOftenAsTheySay) {
  constexpr int kTrials = 2000, kPoints = 12;
  int inside = 0;
  Random random(5);
  for (int t = 0; t < kTrials; ++t) {
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < kPoints; ++i) {
      const double x = random.bell() + random.bell() + random.bell();
      sum += x, squares += x * x;
    }
    const double mean = sum / kPoints;
    const auto report = estimate_uncertainty({.parameters = {linear("mean", mean)},
                                              .normal_matrix = {kPoints},
                                              .residual_sum_squares = squares - kPoints * mean * mean,
                                              .independent_residuals = kPoints});
    inside += report.parameters[0].ci95.contains(0.0) ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(inside) / kTrials, 0.95, 0.015);
}

TEST(EffectiveCount, IsTheNumberOfIndependentValues) {
  Random random(1);
  std::vector<double> white(2000), held(2000);
  for (std::size_t i = 0; i < white.size(); ++i) {
    white[i] = random.bell();
    held[i] = i % 10 == 0 ? random.bell() : held[i - 1];
  }
  EXPECT_GT(effective_count(white), 1500.0);
  EXPECT_NEAR(effective_count(held), 200.0, 80.0);
}

}  // namespace
}  // namespace aapp::fit
