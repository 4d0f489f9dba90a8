#include "play/admission/cost.h"

#include <gtest/gtest.h>

#include "common/effects/compressor.h"

namespace aapp::play {
namespace {

constexpr audio::StreamSpec kSpec{.rate_hz = 48000, .channels = 2, .max_block_frames = 64};

Preset compressors(std::size_t count) {
  Preset preset;
  preset.name = "many";
  for (std::size_t i = 0; i < count; ++i) preset.chain.push_back({.params = effects::CompressorParams{}});
  return preset;
}

// The dearest period that a stream can have: one frame at the highest rate.
constexpr audio::StreamSpec kImpossible{.rate_hz = audio::kMaxRateHz, .channels = 64, .max_block_frames = 1};

TEST(Cost, FiguresAreOrderedAndPositive) {
  const CostFigures cost = measure_cost(compressors(4), kSpec).value();
  EXPECT_GT(cost.mean_us, 0.0);
  EXPECT_LE(cost.p99_us, cost.p999_us);
  EXPECT_LE(cost.p999_us, cost.max_us);
}

// CPU time on a shared machine wavers; a factor of three out of sixteen is beyond doubt.
TEST(Cost, MoreEffectsCostMore) {
  const double few = measure_cost(compressors(2), kSpec)->mean_us;
  const double many = measure_cost(compressors(32), kSpec)->mean_us;
  EXPECT_GT(many, 3.0 * few);
}

TEST(Cost, APeriodIsItsFramesOverTheRate) {
  EXPECT_NEAR(period_us(kSpec), 1333.33, 0.01);
}

TEST(Cost, WhatFitsIsAdmitted) {
  constexpr audio::StreamSpec kLong{.rate_hz = 48000, .channels = 2, .max_block_frames = 1024};
  EXPECT_TRUE(admit(compressors(1), kLong));
}

TEST(Cost, WhatCannotFitIsRefusedWithTheFiguresOfEachEffect) {
  const Result<CostFigures> verdict = admit(compressors(3), kImpossible);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::refused);
  for (const char* part : {"many", "compressor", "1 frames", "--force"}) {
    EXPECT_NE(verdict.error().message.find(part), std::string::npos) << verdict.error().message;
  }
}

TEST(Cost, RoomIsWhatTheBudgetLeaves) {
  const CostFigures cost{.mean_us = 100.0, .p99_us = 120.0, .p999_us = 133.0, .max_us = 150.0};
  EXPECT_EQ(room_for_more(cost, kSpec), 8);  // (0.7 * 1333 - 133) / 100
  EXPECT_EQ(room_for_more({.mean_us = 900.0, .p999_us = 1000.0}, kSpec), 0);
}

TEST(Cost, ABypassedNodeIsNotListed) {
  Preset preset = compressors(2);
  preset.chain[0].bypass = true;
  const std::string text = cost_by_effect(preset, kSpec).value();
  EXPECT_EQ(text.find(','), std::string::npos);
  EXPECT_TRUE(text.starts_with("compressor "));
}

}  // namespace
}  // namespace aapp::play
