// Steps of a whole plan towards a goal that is known to be within reach.
#include "analyze/fit/plan_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "analyze/fit/plan_distance.h"
#include "common/chain/render.h"
#include "tests/support/signals.h"

namespace aapp::fit {
namespace {

constexpr int kRateHz = 48000;

FitPlan a_plan(double peak_db, double q, double threshold_db) {
  return {.bands = {{.type = dsp::BandType::peak, .frequency_hz = 1000.0, .gain_db = peak_db, .q = q}},
          .compressor = effects::CompressorParams{.threshold_db = threshold_db, .ratio = 4.0}};
}

// Bursts through plans, and what they should have become.
class PlanStep : public testing::Test {
 protected:
  measure::TrackProfile played(const FitPlan& plan) const {
    return measure::measure_audio(*chain::render(audio_, kRateHz, plan.preset()), kRateHz);
  }

  Result<std::vector<FitPlan>> steps(const FitPlan& from, const EqFitOptions& eq) const {
    const auto source = measure::measure_audio(audio_, kRateHz);
    const SpectralTarget spectrum = spectral_target(source.ltas, goal_.ltas, {});
    const DynamicsTarget dynamics = dynamics_of(goal_.envelope);
    return steps_from(from, played(from), {.spectrum = spectrum, .dynamics = dynamics}, eq,
                      [&](std::span<const FitPlan> plans) {
                        std::vector<measure::TrackProfile> results;
                        for (const FitPlan& plan : plans) results.push_back(played(plan));
                        return Result<std::vector<measure::TrackProfile>>(std::move(results));
                      });
  }

  audio::AudioBuffer audio_ = test::bursts(1, 4 * kRateHz, kRateHz / 8, 1);
  measure::TrackProfile goal_ = played(a_plan(8.0, 1.0, -36.0));
};

TEST_F(PlanStep, GoesNearerInSpectrumAndLevelsAtOnce) {
  const FitPlan from = a_plan(5.0, 1.5, -30.0);
  const auto plans = steps(from, {});
  ASSERT_TRUE(plans) << plans.error().message;
  const auto nearest = [&](auto distance) {
    double least = distance(played(plans->front()));
    for (const FitPlan& plan : *plans) least = std::min(least, distance(played(plan)));
    return least;
  };
  ASSERT_GT(ltas_distance_of(goal_, played(from)), 0.5);
  ASSERT_GT(level_distance_of(goal_, played(from)), 0.5);
  EXPECT_LT(nearest([&](const auto& result) { return distance_of(goal_, result); }),
            0.5 * distance_of(goal_, played(from)));
}

TEST_F(PlanStep, BandsStayWithinTheirBounds) {
  EqFitOptions eq;
  eq.gain_db = {-6.0, 6.0};
  eq.q = {0.9, 1.6};
  const auto plans = steps(a_plan(5.0, 1.5, -30.0), eq);
  ASSERT_TRUE(plans) << plans.error().message;
  for (const FitPlan& plan : *plans) {
    EXPECT_LE(plan.bands[0].gain_db, 6.0 + 1e-9);
    EXPECT_GE(plan.bands[0].q, 0.9 - 1e-9);
    EXPECT_LE(plan.bands[0].q, 1.6 + 1e-9);
  }
}

TEST_F(PlanStep, WithNothingToMoveThereIsNone) {
  const auto plans = steps(FitPlan{}, {});
  ASSERT_TRUE(plans) << plans.error().message;
  EXPECT_TRUE(plans->empty());
}

}  // namespace
}  // namespace aapp::fit
