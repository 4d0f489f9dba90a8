#include "analyze/fit/chain_neighbours.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/topology.h"
#include "common/base/units.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

ChainModel truth(const effects::CompressorParams& compressor) {
  return {.kind = ChainKind::compressor_then_eq,
          .eq = {.bands = {{.type = dsp::BandType::peak, .frequency_hz = 900.0, .gain_db = 4.0, .q = 0.9}}},
          .gain_db = 0.0,
          .compressor = compressor};
}

PairExcerpt pair_of(const audio::AudioBuffer& dry, const ChainModel& model) {
  return {.rate_hz = kRate, .dry = dry, .wet = run_model(model, dry, kRate), .warm_up_frames = kRate / 4};
}

// A tone of 500 Hz under the envelope of bursts(), with some of their noise.
audio::AudioBuffer tone_bursts(double seconds) {
  audio::AudioBuffer audio = test::bursts(1, seconds, kRate, 63);
  double level = 0.0;
  for (std::size_t n = 0; n < audio.frames(); ++n) {
    float& x = audio.channel(0)[n];
    level += 0.01 * (std::abs(static_cast<double>(x)) - level);
    x = static_cast<float>(0.05 * x + level * std::sin(2.0 * kPi * 500.0 * static_cast<double>(n) / kRate));
  }
  return audio;
}

// Where bands and compressor come to when both are moved from a compressor that is wrong.
ChainModel settled(const ChainModel& start, const PairExcerpt& pair) {
  ChainModel now = start;
  for (int i = 0; i < 3; ++i) now = moved(now, pair, PairedFitOptions{});
  return now;
}

TEST(BetterNeighbour, LeavesAWindowThatIsPeriodsOffWithBandsToMatch) {
  effects::CompressorParams box = test::all_topologies()[0];
  box.detector = dsp::Detector::rms_box, box.rms_window_ms = 5.2, box.attack_ms = 2.0;
  const PairExcerpt pair = pair_of(tone_bursts(3.0), truth(box));
  ChainModel stuck = truth(box);
  stuck.compressor.rms_window_ms = 2.7, stuck.compressor.attack_ms = 3.2;
  stuck = settled(stuck, pair);
  ASSERT_GT(std::abs(stuck.compressor.rms_window_ms - box.rms_window_ms), 0.5);
  const std::optional<FoundChain> found = better_neighbour(stuck, pair, PairedFitOptions{});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->model.compressor.rms_window_ms, box.rms_window_ms, 0.02);
  EXPECT_LT(found->error, 0.01 * model_error(stuck, pair));
}

TEST(BetterNeighbour, FindsAnyChoiceThatIsWrongWithBandsToMatch) {
  const audio::AudioBuffer dry = test::bursts(1, 3.0, kRate, 64);
  effects::CompressorParams right = test::all_topologies()[0];
  right.detector = dsp::Detector::rms, right.rms_window_ms = 9.0, right.attack_ms = 3.0;
  const PairExcerpt pair = pair_of(dry, truth(right));
  std::vector<effects::CompressorParams> wrong(3, right);
  wrong[0].detector = dsp::Detector::rms_box;
  wrong[1].smoothing = dsp::Smoothing::level_power;
  wrong[2].ballistics = dsp::Ballistics::decoupled;
  for (const effects::CompressorParams& start : wrong) {
    const ChainModel stuck = settled(truth(start), pair);
    const std::optional<FoundChain> found = better_neighbour(stuck, pair, PairedFitOptions{});
    ASSERT_TRUE(found);
    EXPECT_TRUE(same_topology(found->model.compressor, right)) << topology_text(found->model.compressor, 1);
    EXPECT_LT(found->error, 0.01 * model_error(stuck, pair));
  }
}

TEST(BetterNeighbour, FindsTheLineWhereAWideKneeHasSettled) {
  effects::CompressorParams right = test::all_topologies()[0];
  right.threshold_db = -15.0, right.ratio = 2.5, right.knee_db = 0.0;
  right.attack_ms = 34.0, right.release_ms = 118.0;
  const PairExcerpt pair = pair_of(test::bursts(1, 4.0, kRate, 19), truth(right));
  ChainModel stuck = truth(right);
  stuck.compressor.knee_db = 12.0, stuck.compressor.ratio = 10.0, stuck.compressor.threshold_db = -13.0;
  stuck = settled(stuck, pair);
  ASSERT_GT(stuck.compressor.knee_db, 5.0);
  const std::optional<FoundChain> found = better_neighbour(stuck, pair, PairedFitOptions{});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->model.compressor.threshold_db, right.threshold_db, 0.1);
}

// Channels that resemble each other: at the same settings no other link is better.
TEST(BetterLink, FindsALinkThatOtherSettingsHide) {
  audio::AudioBuffer dry = test::bursts(2, 3.0, kRate, 66);
  for (std::size_t n = 0; n < dry.frames(); ++n)
    dry.channel(1)[n] = 0.9F * dry.channel(0)[n] + 0.1F * dry.channel(1)[n];
  const effects::CompressorParams right = test::all_topologies()[3];
  const PairExcerpt pair = pair_of(dry, truth(right));
  ChainModel stuck = truth(right);
  stuck.compressor.stereo_link = dsp::StereoLink::mean;
  stuck = settled(stuck, pair);
  ASSERT_EQ(with_best_link(stuck, pair).model.compressor.stereo_link, dsp::StereoLink::mean);
  const std::optional<FoundChain> found = better_link(stuck, pair, PairedFitOptions{});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->model.compressor.stereo_link, right.stereo_link);
  EXPECT_LT(found->error, model_error(stuck, pair));
}

TEST(BetterNeighbour, IsNoneOfTheRightOne) {
  const ChainModel right = truth(test::all_topologies()[0]);
  const PairExcerpt pair = pair_of(test::bursts(1, 3.0, kRate, 67), right);
  EXPECT_FALSE(better_neighbour(right, pair, PairedFitOptions{}));
  EXPECT_FALSE(better_link(right, pair, PairedFitOptions{}));
}

}  // namespace
}  // namespace aapp::fit
