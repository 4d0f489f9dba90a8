#include "play/engine/load_meter.h"

#include <gtest/gtest.h>

namespace aapp::play {
namespace {

constexpr std::int64_t kPeriodNs = 1'000'000;

// Callbacks on time, the i-th taking share(i) of its period.
template <class Share>
LoadFigures figures_of(int count, Share share) {
  LoadMeter meter;
  for (int i = 0; i < count; ++i) {
    const std::int64_t start = (i + 1) * kPeriodNs;
    meter.add(start, start + static_cast<std::int64_t>(share(i) * kPeriodNs), kPeriodNs);
  }
  return meter.figures();
}

TEST(LoadMeter, HasNothingToSayBeforeTheFirstCallback) {
  const LoadFigures figures = LoadMeter().figures();
  EXPECT_EQ(figures.callbacks, 0U);
  EXPECT_EQ(figures.p999, 0.0);
}

TEST(LoadMeter, FindsTheQuantilesOfARampWithinTwoPercent) {
  const LoadFigures figures = figures_of(10'000, [](int i) { return (i + 1) / 10'000.0; });
  EXPECT_NEAR(figures.mean, 0.5, 0.001);
  EXPECT_NEAR(figures.p99, 0.99, 0.02);
  EXPECT_NEAR(figures.p999, 0.999, 0.02);
  EXPECT_NEAR(figures.max, 1.0, 1e-6);
  EXPECT_EQ(figures.overruns, 0U);
}

TEST(LoadMeter, ARareSpikeShowsInTheMaximumAndNotInP99) {
  const LoadFigures figures = figures_of(10'000, [](int i) { return i == 5000 ? 2.5 : 0.1; });
  EXPECT_NEAR(figures.p99, 0.1, 0.003);
  EXPECT_NEAR(figures.p999, 0.1, 0.003);
  EXPECT_DOUBLE_EQ(figures.max, 2.5);
  EXPECT_EQ(figures.overruns, 1U);
}

TEST(LoadMeter, CountsWakeUpsThatCameAPeriodLate) {
  LoadMeter meter;
  for (const std::int64_t start : {1, 2, 3, 6, 7, 8})
    meter.add(start * kPeriodNs, start * kPeriodNs + 10, kPeriodNs);
  EXPECT_EQ(meter.figures().late_wakes, 1U);
}

TEST(LoadMeter, StartsAnewWhenAsked) {
  LoadMeter meter;
  meter.add(0, 10 * kPeriodNs, kPeriodNs);
  meter.restart();
  meter.add(kPeriodNs, kPeriodNs + kPeriodNs / 2, kPeriodNs);
  EXPECT_EQ(meter.figures().callbacks, 1U);
  EXPECT_DOUBLE_EQ(meter.figures().max, 0.5);
}

}  // namespace
}  // namespace aapp::play
