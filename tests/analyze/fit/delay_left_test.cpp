#include "analyze/fit/delay_left.h"

#include <gtest/gtest.h>

#include "analyze/fit/chain_error.h"
#include "tests/analyze/fit/delayed.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

ChainModel compressor_model() {
  ChainModel model;
  model.kind = ChainKind::compressor;
  model.compressor = test::all_topologies()[0];
  return model;
}

PairExcerpt pair_behind(double frames, double noise_rms) {
  PairExcerpt pair;
  pair.rate_hz = kRate;
  pair.dry = test::soft_bursts(kRate, 4.0, 5);
  pair.wet =
      test::add_noise(test::delayed(run_model(compressor_model(), pair.dry, kRate), frames), noise_rms, 6);
  pair.warm_up_frames = 200;
  return pair;
}

TEST(DelayLeft, IsWhatTheModelDoesNotExplain) {
  for (const double frames : {0.02, -0.015, 0.1}) {
    EXPECT_NEAR(delay_left(compressor_model(), pair_behind(frames, 1e-4)).frames, frames,
                0.02 * std::abs(frames) + 1e-4);
  }
}

TEST(DelayLeft, IsNoneWhereNoiseIsAllThatIsLeft) {
  EXPECT_EQ(delay_left(compressor_model(), pair_behind(0.0, 1e-4)).frames, 0.0);
  EXPECT_EQ(delay_left(compressor_model(), pair_behind(0.0, 1e-2)).frames, 0.0);
}

TEST(DelayLeft, AdvancedByItTheWetRecordingFits) {
  PairSplit split;
  split.search = split.heat = split.fit = split.held_out = pair_behind(0.03, 0.0);
  const double before = model_error(compressor_model(), split.fit);
  for (int look = 0; look < 2; ++look) {
    WetRecordings wet = advanced_wet(split, delay_left(compressor_model(), split.fit).frames);
    exchange_wet(split, wet);
  }
  EXPECT_LT(model_error(compressor_model(), split.fit), 0.01 * before);
  EXPECT_LT(model_error(compressor_model(), split.held_out), 0.01 * before);
}

}  // namespace
}  // namespace aapp::fit
