#include "play/admission/cost.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/effects/compressor.h"
#include "play/admission/interruptions.h"
#include "play/admission/rehearsal.h"

namespace aapp::play {
namespace {

constexpr CallbackSpec kCallback{.stream = {.rate_hz = 48000, .channels = 2, .max_block_frames = 1024},
                                 .period_frames = 64};

Preset compressors(std::size_t count) {
  Preset preset;
  preset.name = "many";
  for (std::size_t i = 0; i < count; ++i) preset.chain.push_back({.params = effects::CompressorParams{}});
  return preset;
}

// A period that no processor holds sixty compressors in: one frame at a high rate.
constexpr CallbackSpec kImpossible{.stream = {.rate_hz = 384000, .channels = 8, .max_block_frames = 1},
                                   .period_frames = 1};

double least_us(const std::vector<double>& times_us) {
  return *std::ranges::min_element(times_us);
}

TEST(Rehearsal, HasACallbackForEveryPeriod) {
  const std::vector<double> times_us = rehearse(compressors(1), kCallback).value();
  EXPECT_GE(times_us.size(), static_cast<std::size_t>(kFewestRehearsed));
  EXPECT_LE(times_us.size(), static_cast<std::size_t>(1e6 * kRehearsalSeconds / kCallback.period_us()));
  EXPECT_GT(least_us(times_us), 0.0);
}

// The least of many is free of what the machine does meanwhile, unless that lasts: so in turns.
TEST(Rehearsal, MoreEffectsTakeLonger) {
  std::vector<double> few_us, many_us;
  for (int turn = 0; turn < 3; ++turn) {
    few_us.push_back(least_us(rehearse(compressors(1), kCallback).value()));
    many_us.push_back(least_us(rehearse(compressors(60), kCallback).value()));
  }
  EXPECT_GT(least_us(many_us), 2.0 * least_us(few_us));
}

TEST(Rehearsal, WhatTakesLongerThanItsPeriodEndsNevertheless) {
  const std::vector<double> times_us = rehearse(compressors(60), kImpossible).value();
  EXPECT_GE(times_us.size(), static_cast<std::size_t>(kFewestRehearsed));
  EXPECT_GT(least_us(times_us), kImpossible.period_us());
}

// 1000 a second of 2 us, 100 of them of 20 us: 150 in 0.15 s.
std::vector<double> ticking() {
  std::vector<double> lengths_us(150, 2.0);
  std::fill_n(lengths_us.begin() + 60, 15, 20.0);
  return lengths_us;
}
Interruptions ticks() {
  return {{ticking()}, 0.15};
}

TEST(Interruptions, AreToldByHowOftenTheyCome) {
  EXPECT_EQ(ticks().length_us(1.0), 20.0);
  EXPECT_EQ(ticks().length_us(99.0), 20.0);
  EXPECT_EQ(ticks().length_us(110.0), 2.0);
  EXPECT_EQ(ticks().length_us(1100.0), 0.0);
  EXPECT_EQ(Interruptions().length_us(1.0), 0.0);
}

TEST(Interruptions, ABurstIsNoHabit) {
  const std::vector<double> burst(400, 90.0);
  const Interruptions seen({ticking(), burst, ticking(), burst, ticking()}, 0.15);
  EXPECT_EQ(seen.length_us(1.0), 20.0);
  EXPECT_EQ(seen.length_us(110.0), 2.0);
  EXPECT_EQ(seen.length_us(1100.0), 0.0);
}

TEST(Interruptions, OfThisMachineAreRarerTheLongerTheyAre) {
  const Interruptions seen = Interruptions::watch();
  EXPECT_GE(seen.length_us(10.0), seen.length_us(100.0));
  EXPECT_LT(seen.length_us(1.0), kLongestInterruptionUs);
  EXPECT_EQ(seen.length_us(1e7), 0.0);  // nothing above 1 us comes ten million times a second
}

// Of a hundred callbacks ten found caches cold: one in a thousand does, and takes longer.
TEST(Cost, ACallbackInTenIsNoException) {
  std::vector<double> times_us(100, 20.0);
  std::fill_n(times_us.begin(), 10, 80.0);
  const CostFigures uneven = predict(times_us, Interruptions());
  EXPECT_GT(uneven.p999_us, 80.0);
  EXPECT_EQ(uneven.typical_us, 20.0);
}

TEST(Cost, OneBadMomentInARehearsalChangesNothing) {
  std::vector<double> times_us(100, 20.0);
  const CostFigures quiet = predict(times_us, ticks());
  times_us[50] = 5000.0;
  const CostFigures disturbed = predict(times_us, ticks());
  EXPECT_EQ(quiet.typical_us, 20.0);
  EXPECT_EQ(disturbed.typical_us, quiet.typical_us);
  EXPECT_EQ(disturbed.p999_us, quiet.p999_us);
}

TEST(Cost, OneInAThousandGrowsFasterThanWhatIsTypical) {
  const CostFigures light = predict({20.0, 20.0, 20.0}, ticks()),
                    heavy = predict({100.0, 100.0, 100.0}, ticks());
  EXPECT_EQ(light.typical_us, 20.0);
  EXPECT_EQ(heavy.typical_us, 100.0);
  EXPECT_GT(heavy.p999_us - light.p999_us, heavy.typical_us - light.typical_us);
}

// Seven a second: what wakes up to run for 100 us meets one in a thousand times, what runs for 2 us does not.
TEST(Cost, OnlyWhatRunsLongEnoughMeetsAnInterruption) {
  const Interruptions seldom({std::vector<double>(7, 20.0)}, 1.0);
  const auto added_us = [&](double typical_us) {
    return predict({typical_us}, seldom).p999_us - predict({typical_us}, Interruptions()).p999_us;
  };
  EXPECT_EQ(added_us(2.0), 0.0);
  EXPECT_NEAR(added_us(100.0), 20.0, 1e-9);
}

TEST(Admission, WhatFitsIsAdmitted) {
  constexpr CallbackSpec kLong{.stream = kCallback.stream, .period_frames = 1024};
  EXPECT_TRUE(Admission(OverBudget::refuse).ask(compressors(1), kLong));
}

TEST(Admission, WhatCannotFitIsRefusedWithTheFiguresOfEachEffect) {
  const Result<CostFigures> verdict = Admission(OverBudget::refuse).ask(compressors(60), kImpossible);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::refused);
  for (const char* part : {"many", "compressor", "1 frames", "--force"}) {
    EXPECT_NE(verdict.error().message.find(part), std::string::npos) << verdict.error().message;
  }
}

TEST(Admission, WhatIsForcedHasItsFiguresOnly) {
  const Result<CostFigures> verdict = Admission(OverBudget::allow).ask(compressors(60), kImpossible);
  ASSERT_TRUE(verdict);
  EXPECT_GT(verdict->p999_us, kImpossible.period_us());
}

// Two rehearsals never take the same time to the nanosecond, so equal figures are remembered ones.
TEST(Admission, TheSameShapeIsRehearsedOnceAndAnotherPeriodAnew) {
  Admission admission(OverBudget::refuse);
  const CallbackSpec slow{.stream = kCallback.stream, .period_frames = 1024};
  const double first_us = admission.ask(compressors(2), slow)->typical_us;
  Preset moved = compressors(2);
  moved.name = "another";
  std::get<effects::CompressorParams>(moved.chain[0].params).threshold_db = -33.0;
  EXPECT_EQ(admission.ask(moved, slow)->typical_us, first_us);
  EXPECT_NE(admission.ask(compressors(3), slow)->typical_us, first_us);
  EXPECT_NE(admission.ask(moved, {.stream = slow.stream, .period_frames = 960})->typical_us, first_us);
}

TEST(Admission, ABrokenPresetFailsAsItsChainDoes) {
  const auto verdict = Admission(OverBudget::allow).ask(compressors(kMaxChainNodes + 1), kCallback);
  ASSERT_FALSE(verdict);
  EXPECT_NE(verdict.error().code, ErrorCode::refused);
}

TEST(Cost, RoomIsWhatTheBudgetLeaves) {
  EXPECT_EQ(room_for_more({.typical_us = 100.0, .p999_us = 133.0}, kCallback.period_us()), 8);
  EXPECT_EQ(room_for_more({.typical_us = 900.0, .p999_us = 1000.0}, kCallback.period_us()), 0);
}

TEST(Cost, ABypassedNodeIsNotListed) {
  Preset preset = compressors(2);
  preset.chain[0].bypass = true;
  const std::string text = cost_by_effect(preset, kCallback).value();
  EXPECT_EQ(text.find(','), std::string::npos);
  EXPECT_TRUE(text.starts_with("compressor "));
}

}  // namespace
}  // namespace aapp::play
