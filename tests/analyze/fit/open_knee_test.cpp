#include "analyze/fit/open_knee.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/chain_moves.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;
constexpr double kFarKneeDb = 34.0;

ChainModel truth() {
  return {.kind = ChainKind::compressor, .eq = {}, .gain_db = 0.0, .compressor = test::all_topologies()[0]};
}

// Noise that is always above the knee.
audio::AudioBuffer loud(double seconds) {
  audio::AudioBuffer audio = test::bursts(2, seconds, kRate, 51);
  for (int c = 0; c < audio.channels(); ++c) {
    for (float& x : audio.channel(c)) x = std::copysign(0.3F, x) + x;
  }
  return audio;
}

PairExcerpt pair_of(const audio::AudioBuffer& dry) {
  return {.rate_hz = kRate,
          .dry = dry,
          .wet = run_model(truth(), dry, kRate),
          .warm_up_frames = kRate / 2,
          .from_start = true};
}

TEST(WithKnee, KeepsTheGainsAboveIt) {
  const PairExcerpt pair = pair_of(loud(3.0));
  EXPECT_LT(model_error(with_knee(truth(), kFarKneeDb), pair), 1e-9);
  EXPECT_GT(model_error(with_knee(truth(), kFarKneeDb), pair_of(test::bursts(2, 3.0, kRate, 53))), 1e-3);
}

TEST(WithKnee, StaysWithinThresholds) {
  ChainModel low = truth();
  low.compressor.threshold_db = coordinate_bounds(kThresholdDb).low, low.compressor.knee_db = 0.0;
  EXPECT_GE(with_knee(low, 5.0).compressor.threshold_db, coordinate_bounds(kThresholdDb).low);
}

PairSplit split_of(const PairExcerpt& fit, const PairExcerpt& held_out) {
  PairSplit split;
  split.fit = fit;
  split.held_out = held_out;
  return split;
}
// Held-out audio that tells nothing more.
PairSplit split_of(const PairExcerpt& fit) {
  return split_of(fit, fit);
}

TEST(WithOpenKneeSettled, TakesTheOneThatTheStartShows) {
  PairExcerpt pair = pair_of(loud(3.0));
  test::quantise_16_bit(pair.wet);
  const ChainModel far = with_knee(truth(), kFarKneeDb);
  ASSERT_GT(far.compressor.makeup_db, truth().compressor.makeup_db + 5.0);
  const ChainModel settled = with_open_knee_settled(far, split_of(pair));
  EXPECT_NEAR(settled.compressor.makeup_db, truth().compressor.makeup_db, 0.02);
}

// As loud as the rest, but for a part that falls below the knee; and there, the level is smoothed, not the
// gain.
TEST(WithOpenKneeSettled, TakesTheOneThatHeldOutAudioShows) {
  ChainModel model = truth();
  model.compressor.smoothing = dsp::Smoothing::level_db;
  const auto pair_from_the_middle = [&](const audio::AudioBuffer& dry) {
    PairExcerpt pair{
        .rate_hz = kRate, .dry = dry, .wet = run_model(model, dry, kRate), .warm_up_frames = kRate / 2};
    test::quantise_16_bit(pair.wet);
    return pair;
  };
  audio::AudioBuffer falling = loud(4.0);
  for (int c = 0; c < 2; ++c) {
    for (float& x : falling.channel(c).subspan(2 * kRate, kRate)) x *= 0.03F;
  }
  ChainModel far = with_knee(model, kFarKneeDb);
  far.compressor.smoothing = dsp::Smoothing::gain_db;
  const PairSplit split = split_of(pair_from_the_middle(loud(3.0)), pair_from_the_middle(falling));
  const ChainModel settled = with_open_knee_settled(far, split);
  EXPECT_EQ(settled.compressor.smoothing, model.compressor.smoothing);
  EXPECT_NEAR(settled.compressor.threshold_db, model.compressor.threshold_db, 0.02);
  EXPECT_NEAR(settled.compressor.makeup_db, model.compressor.makeup_db, 0.02);
}

TEST(WithOpenKneeSettled, TakesTheLikelyOneWhereTheStartTellsNothingEither) {
  PairExcerpt middle = pair_of(loud(3.0));
  test::quantise_16_bit(middle.wet);
  middle.from_start = false;
  const ChainModel far = with_knee(truth(), kFarKneeDb);
  EXPECT_DOUBLE_EQ(with_open_knee_settled(far, split_of(middle)).compressor.knee_db, kLikelyKneeDb);

  PairExcerpt cut_from_more = middle;
  cut_from_more.from_start = true;
  for (int c = 0; c < 2; ++c) {
    for (float& y : cut_from_more.wet.channel(c).first(cut_from_more.warm_up_frames)) y *= 0.5F;
    for (float& y : cut_from_more.wet.channel(c).first(cut_from_more.warm_up_frames / 2)) y *= 0.5F;
  }
  EXPECT_DOUBLE_EQ(with_open_knee_settled(far, split_of(cut_from_more)).compressor.knee_db, kLikelyKneeDb);
}

TEST(WithOpenKneeSettled, LeavesAKneeThatIsHeard) {
  ChainModel near_likely = truth();
  near_likely.compressor.knee_db = kLikelyKneeDb + 0.1;
  PairExcerpt pair = pair_of(test::bursts(2, 6.0, kRate, 53));
  pair.wet = test::add_noise(run_model(near_likely, pair.dry, kRate), 0.03, 54);
  for (const bool from_start : {false, true}) {
    pair.from_start = from_start;
    const ChainModel settled = with_open_knee_settled(near_likely, split_of(pair));
    EXPECT_DOUBLE_EQ(settled.compressor.knee_db, near_likely.compressor.knee_db);
  }
}

TEST(WithBestKnee, IsToldByMoreAudio) {
  PairSplit split;
  split.search = pair_of(loud(2.0));
  split.fit = pair_of(test::bursts(2, 3.0, kRate, 53));
  const ChainModel far = with_knee(truth(), kFarKneeDb);
  const double error = model_error(far, split.fit);
  EXPECT_LT(with_best_knee({far, error}, split).error, 0.1 * error);
}

}  // namespace
}  // namespace aapp::fit
