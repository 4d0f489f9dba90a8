#include "analyze/fit/clipped_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analyze/fit/paired_distance.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

ChainModel compressor_then_loud_eq() {
  ChainModel model{
      .kind = ChainKind::compressor_then_eq,
      .eq = {.bands = {{.type = dsp::BandType::peak, .frequency_hz = 900.0, .gain_db = 9.0, .q = 1.5}}},
      .gain_db = 0.0,
      .compressor = test::all_topologies()[0]};
  model.compressor.makeup_db = 15.0;
  return model;
}

void hold_as_16_bit(audio::AudioBuffer& audio) {
  for (float& y : audio.channel(0)) y = std::clamp(y, -1.0F, 32767.0F / 32768.0F);
}

PairExcerpt clipped_pair(const ChainModel& model) {
  PairExcerpt pair;
  pair.rate_hz = kRate;
  pair.dry = test::bursts(1, 3.0, kRate, 21);
  pair.wet = run_model(model, pair.dry, kRate);
  hold_as_16_bit(pair.wet);
  return pair;
}

TEST(ClippedSamples, AreTakenAsTheModelPlaysThem) {
  const ChainModel model = compressor_then_loud_eq();
  const PairExcerpt pair = clipped_pair(model);
  ASSERT_GT(count_clipped(pair.wet), 20U);
  const audio::AudioBuffer played = run_model(model, pair.dry, kRate);
  audio::AudioBuffer room;
  const audio::AudioBuffer& wet = unclipped_wet(model, pair, room);
  std::size_t changed = 0;
  for (std::size_t n = 0; n < wet.frames(); ++n) {
    const float before = pair.wet.channel(0)[n], now = wet.channel(0)[n];
    if (now == before) continue;
    ++changed;
    ASSERT_TRUE(is_clipped(before));
    ASSERT_EQ(now, played.channel(0)[n]);
    ASSERT_GT(std::abs(now), std::abs(before));
  }
  EXPECT_GT(changed, 20U);
}

TEST(ClippedSamples, AreMarkedSoThatResidualsLeaveThemOut) {
  const PairExcerpt pair = clipped_pair(compressor_then_loud_eq());
  audio::AudioBuffer other = pair.dry;
  mark_clipped(pair.wet, other);
  for (std::size_t n = 0; n < other.frames(); ++n) {
    if (is_clipped(pair.wet.channel(0)[n])) {
      ASSERT_TRUE(is_clipped(other.channel(0)[n]));
    } else {
      ASSERT_EQ(other.channel(0)[n], pair.dry.channel(0)[n]);
    }
  }
}

TEST(ClippedSamples, TheTruthIsNoDistanceFromItsClippedSelf) {
  PairExcerpt pair;
  pair.rate_hz = kRate;
  pair.dry = test::bursts(1, 3.0, kRate, 21);
  audio::AudioBuffer loud = pair.dry;
  for (float& y : loud.channel(0)) y *= 4.0F;
  pair.wet = loud;
  hold_as_16_bit(pair.wet);
  ASSERT_GT(count_clipped(pair.wet), 20U);
  EXPECT_LT(paired_distance(pair, loud).esr_db, -150.0);
}

}  // namespace
}  // namespace aapp::fit
