#include "play/engine/xrun_cause.h"

#include <gtest/gtest.h>

namespace aapp::play {
namespace {

class XrunCauseTest : public testing::Test {
 protected:
  // `more` happened in the 20 ms before this look; each overrun worked for a period unless cpu_ns is
  // negative.
  void look(const XrunEvidence& more = {}) {
    seen_.xruns += more.xruns;
    seen_.device_xruns += more.device_xruns;
    seen_.overruns += more.overruns;
    seen_.late_wakes += more.late_wakes;
    seen_.period_ns = kPeriodNs;
    seen_.usual_share = more.usual_share;
    seen_.swapping = more.swapping;
    seen_.cpu_ns += more.cpu_ns >= 0 ? static_cast<std::int64_t>(more.overruns) * kPeriodNs + more.cpu_ns : 0;
    classifier_.look(seen_, now_ms_ += 20);
  }
  static constexpr std::int64_t kPeriodNs = 1'000'000;
  XrunEvidence seen_;
  XrunClassifier classifier_;
  std::int64_t now_ms_ = 0;
};

TEST_F(XrunCauseTest, ChargesEachXrunOnceToWhatHappenedWithIt) {
  look();
  look({.xruns = 2, .overruns = 2});
  look({.xruns = 1, .late_wakes = 1});
  look({.xruns = 1, .device_xruns = 1, .late_wakes = 1});
  look({.xruns = 3});
  const XrunCauses expected{.late_wakeup = 1, .own_overrun = 2, .other_client = 3, .device = 1};
  EXPECT_EQ(classifier_.causes(), expected);
  EXPECT_EQ(classifier_.causes().total(), 7U);
}

TEST_F(XrunCauseTest, TheServersMessageMayComeALookLater) {
  look({.overruns = 1});
  look({.xruns = 1});
  EXPECT_EQ(classifier_.causes().own_overrun, 1U);
  look({.xruns = 1});
  EXPECT_EQ(classifier_.causes().other_client, 1U);
}

// It took longer than its period, but did not work for so long: something else ran in between.
TEST_F(XrunCauseTest, AnOverrunWithoutWorkIsTheSystems) {
  look();
  look({.xruns = 1, .overruns = 1, .cpu_ns = -1});
  EXPECT_EQ(classifier_.causes().late_wakeup, 1U);
  EXPECT_EQ(classifier_.causes().own_overrun, 0U);
}

// A hypervisor's theft counts as CPU time; a preset of a third of the period cannot have done that work.
TEST_F(XrunCauseTest, AnOverrunBeyondAllWorkIsTheSystems) {
  look({.xruns = 1, .overruns = 1, .usual_share = 0.3});
  EXPECT_EQ(classifier_.causes().late_wakeup, 1U);
  EXPECT_EQ(classifier_.causes().own_overrun, 0U);
  look({.xruns = 1, .overruns = 1, .usual_share = 0.6});
  EXPECT_EQ(classifier_.causes().own_overrun, 1U);
}

TEST_F(XrunCauseTest, ASwapHasMoreToDo) {
  look({.xruns = 1, .overruns = 1, .usual_share = 0.2, .swapping = true});
  EXPECT_EQ(classifier_.causes().own_overrun, 0U);
  look({.xruns = 1, .overruns = 1, .usual_share = 0.3, .swapping = true});
  EXPECT_EQ(classifier_.causes().own_overrun, 1U);
}

TEST_F(XrunCauseTest, WhatTheServerLetPassIsForgotten) {
  look({.overruns = 5, .late_wakes = 5});
  for (int i = 0; i < 20; ++i) look();
  look({.xruns = 1});
  EXPECT_EQ(classifier_.causes().other_client, 1U);
}

// One callback in the first fifty was interrupted: that is their p99, and tells nothing of the preset.
TEST(UsualShare, IsThePredictedOneUntilManyCallbacksWereSeen) {
  EXPECT_EQ(usual_share({.callbacks = 50, .p99 = 1.5}, 0.2), 0.2);
  EXPECT_EQ(usual_share({.callbacks = 100'000, .p99 = 0.5}, 0.2), 0.5);
  EXPECT_EQ(usual_share({.callbacks = 100'000, .p99 = 0.1}, 0.2), 0.2);
}

TEST(AdvisedPeriod, HoldsTheRareExtraTimeWithinSeventyPercent) {
  // At 64 frames: mean 10 %, p99.9 40 % and wake-ups 60 % late: 56.3 extra frames over 60 % of room.
  LoadFigures figures{.callbacks = 1000, .mean = 0.1, .p999 = 0.38, .late_p999 = 0.6};
  EXPECT_EQ(advised_period_frames(figures, 64), 128);
  figures.late_p999 = 0.0;  // 17.9 frames over 60 %
  EXPECT_EQ(advised_period_frames(figures, 64), 32);
}

TEST(AdvisedPeriod, IsUnknownWithoutCallbacksAndWhereNoPeriodWouldDo) {
  EXPECT_EQ(advised_period_frames({}, 64), 0);
  EXPECT_EQ(advised_period_frames({.callbacks = 1000, .mean = 0.8, .p999 = 0.9}, 64), 0);
}

TEST(AdvisedPeriod, IsAtLeastSixteenFrames) {
  EXPECT_EQ(advised_period_frames({.callbacks = 1000, .mean = 0.01, .p999 = 0.01}, 1024), 16);
}

}  // namespace
}  // namespace aapp::play
