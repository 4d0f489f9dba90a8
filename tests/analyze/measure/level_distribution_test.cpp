#include "analyze/measure/level_distribution.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aapp::measure {
namespace {

std::vector<WeightedLevel> points(std::initializer_list<double> levels_db) {
  std::vector<WeightedLevel> result;
  for (const double level_db : levels_db) result.push_back({level_db, 1.0});
  return result;
}

TEST(Wasserstein, TwoSingleLevelsAreAsFarApartAsTheyAre) {
  EXPECT_DOUBLE_EQ(wasserstein_db(points({-20.0}), points({-13.5})), 6.5);
}

TEST(Wasserstein, AShiftCostsItsSize) {
  EXPECT_NEAR(wasserstein_db(points({-30.0, -20.0, -17.0, -3.0}), points({-28.0, -18.0, -15.0, -1.0})), 2.0,
              1e-12);
}

TEST(Wasserstein, OrderAndScaleOfWeightsDoNotMatter) {
  const std::vector<WeightedLevel> a{{-10.0, 1.0}, {-30.0, 3.0}};
  const std::vector<WeightedLevel> b{{-30.0, 30.0}, {-10.0, 10.0}};
  EXPECT_NEAR(wasserstein_db(a, b), 0.0, 1e-12);
}

TEST(Wasserstein, MovingAQuarterOfTheWeightCostsAQuarterOfTheWay) {
  const std::vector<WeightedLevel> a{{0.0, 4.0}};
  const std::vector<WeightedLevel> b{{0.0, 3.0}, {-8.0, 1.0}};
  EXPECT_NEAR(wasserstein_db(a, b), 2.0, 1e-12);
  EXPECT_NEAR(wasserstein_db(b, a), 2.0, 1e-12);
}

TEST(Wasserstein, SpreadsAroundOneMeanDifferByTheDifferenceOfSpreads) {
  // Uniform on [-a, a] against [-b, b]: |a - b| / 2.
  std::vector<WeightedLevel> narrow, wide;
  for (int i = 0; i < 2000; ++i) {
    const double x = (i + 0.5) / 1000.0 - 1.0;
    narrow.push_back({4.0 * x, 1.0});
    wide.push_back({10.0 * x, 1.0});
  }
  EXPECT_NEAR(wasserstein_db(narrow, wide), 3.0, 1e-6);
}

TEST(RelativeLevels, DropWhatIsFarUnderTheLoudest) {
  const auto relative =
      relative_levels(std::span<const WeightedLevel>(points({-10.0, -59.9, -60.0, -80.0})), -12.0);
  ASSERT_EQ(relative.size(), 2U);
  EXPECT_DOUBLE_EQ(relative[0].level_db, 2.0);
  EXPECT_NEAR(relative[1].level_db, -47.9, 1e-12);
}

TEST(LevelHistogram, KeepsWeightsAndClampsToItsEnds) {
  LevelHistogram histogram{.window_ms = 50.0};
  histogram.add(-20.1);
  histogram.add(-20.1, 2.0);
  histogram.add(-300.0);
  histogram.add(99.0);
  const auto levels = histogram.levels();
  ASSERT_EQ(levels.size(), 3U);
  EXPECT_EQ(histogram.total(), 5.0);
  EXPECT_NEAR(levels[1].level_db, -20.1, 0.5 * kLevelBinDb);
  EXPECT_EQ(levels[1].weight, 3.0);
}

TEST(LevelQuantile, IsTheLevelThatTheShareStaysAtOrUnder) {
  EXPECT_EQ(level_quantile_db(points({-1.0, -4.0, -2.0, -3.0}), 0.5), -3.0);
  EXPECT_EQ(level_quantile_db(points({-1.0, -4.0, -2.0, -3.0}), 1.0), -1.0);
  EXPECT_EQ(level_quantile_db(points({-1.0, -4.0, -2.0, -3.0}), 0.0), -4.0);
}

}  // namespace
}  // namespace aapp::measure
