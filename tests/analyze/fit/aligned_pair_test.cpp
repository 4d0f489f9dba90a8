#include "analyze/fit/aligned_pair.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/clipped_samples.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 32000;

// Equalised and driven into clipping, behind the dry recording by whole frames.
PairExcerpt clipped_pair(std::size_t late_frames) {
  const effects::EqParams eq{
      .bands = {{.type = dsp::BandType::peak, .frequency_hz = 1000.0, .gain_db = 6.0, .q = 1.7},
                {.type = dsp::BandType::high_shelf, .frequency_hz = 3500.0, .gain_db = 5.0, .q = 0.7}}};
  PairExcerpt pair;
  pair.rate_hz = kRate;
  pair.dry = test::bursts(1, 8.0, kRate, 9);
  pair.wet = equalise(pair.dry, eq, kRate, Direction::apply);
  for (float& x : pair.wet.channel(0)) x = std::clamp(2.0F * x, -1.0F, 1.0F);
  const std::span<float> wet = pair.wet.channel(0);
  std::rotate(wet.begin(), wet.end() - static_cast<std::ptrdiff_t>(late_frames), wet.end());
  return pair;
}

TEST(AlignedPair, SharesOneTimeLine) {
  const PairExcerpt pair = clipped_pair(3);
  const Result<AlignedPair> aligned = align_pair({.rate_hz = kRate, .dry = pair.dry, .wet = pair.wet}, {});
  ASSERT_TRUE(aligned.has_value());
  EXPECT_EQ(aligned->alignment.delay_frames, 3);
  EXPECT_EQ(aligned->alignment.fraction_frames, 0.0);
  EXPECT_EQ(aligned->split.fit.dry.frames(), aligned->split.fit.wet.frames());
}

// A low-pass turns the phase of what it lets through as a delay of some frames does.
TEST(AlignedPair, TellsALowPassFromADelay) {
  const audio::AudioBuffer dry = test::bursts(1, 8.0, kRate, 10);
  const effects::EqParams eq{
      .bands = {{.type = dsp::BandType::low_pass, .frequency_hz = 2500.0, .q = 0.7},
                {.type = dsp::BandType::low_shelf, .frequency_hz = 300.0, .gain_db = 9.0}}};
  audio::AudioBuffer wet = equalise(dry, eq, kRate, Direction::apply);
  test::quantise_16_bit(wet);
  for (const std::size_t late : {0U, 2U}) {
    std::rotate(wet.channel(0).begin(), wet.channel(0).end() - static_cast<std::ptrdiff_t>(late),
                wet.channel(0).end());
    const Result<AlignedPair> aligned = align_pair({.rate_hz = kRate, .dry = dry, .wet = wet}, {});
    ASSERT_TRUE(aligned.has_value());
    EXPECT_EQ(aligned->alignment.delay_frames, static_cast<std::int64_t>(late));
    EXPECT_EQ(aligned->alignment.fraction_frames, 0.0);
  }
}

}  // namespace
}  // namespace aapp::fit
