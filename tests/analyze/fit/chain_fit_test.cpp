#include "analyze/fit/chain_fit.h"

#include <gtest/gtest.h>

#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

// Bursts and what the chain makes of them, all of it in every part.
PairSplit played_by(const ChainModel& truth) {
  PairSplit split;
  split.fit.rate_hz = kRate;
  split.fit.dry = test::bursts(1, 4.0, kRate, 21);
  split.fit.wet = run_model(truth, split.fit.dry, kRate);
  split.search = split.heat = split.held_out = split.fit;
  return split;
}

TEST(RefineChain, DropsABandThatComesToNothing) {
  const effects::EqParams eq{
      .bands = {{.type = dsp::BandType::low_shelf, .frequency_hz = 250.0, .gain_db = 4.0, .q = 0.7},
                {.type = dsp::BandType::peak, .frequency_hz = 1200.0, .gain_db = -5.0, .q = 1.5}}};
  const ChainModel truth{.kind = ChainKind::compressor_then_eq,
                         .eq = eq,
                         .gain_db = 0.0,
                         .compressor = test::all_topologies()[0]};
  const PairSplit split = played_by(truth);
  ChainModel start = truth;
  start.eq.bands[0].gain_db = 3.8;
  start.eq.bands.push_back({.type = dsp::BandType::peak, .frequency_hz = 3000.0, .gain_db = 0.2, .q = 1.0});
  const Result<ChainModel> refined = refine_chain(start, split, PairedFitOptions{});
  ASSERT_TRUE(refined);
  ASSERT_EQ(refined->eq.bands.size(), truth.eq.bands.size());
  EXPECT_NEAR(refined->eq.bands[0].gain_db, 4.0, 1e-3);
}

// What only all topologies show is not looked for where another chain leaves far less already.
TEST(RefineChain, GivesUpFarBehindAnotherChain) {
  ChainModel truth{.kind = ChainKind::compressor_then_eq, .eq = {}, .gain_db = 0.0, .compressor = {}};
  truth.eq.bands = {{.type = dsp::BandType::peak, .frequency_hz = 1200.0, .gain_db = -5.0, .q = 1.5}};
  truth.compressor = {.threshold_db = -30.0,
                      .ratio = 6.0,
                      .attack_ms = 1.0,
                      .release_ms = 60.0,
                      .detector = dsp::Detector::rms_box,
                      .rms_window_ms = 25.0,
                      .smoothing = dsp::Smoothing::level_power};
  const PairSplit split = played_by(truth);
  ChainModel start = truth;
  start.compressor = {.threshold_db = -27.0,
                      .ratio = 4.0,
                      .attack_ms = 0.2,
                      .release_ms = 500.0,
                      .ballistics = dsp::Ballistics::decoupled};
  const Result<ChainModel> alone = refine_chain(start, split, PairedFitOptions{});
  const Result<ChainModel> behind = refine_chain(start, split, PairedFitOptions{}, 1e-12);
  ASSERT_TRUE(alone && behind);
  EXPECT_LT(model_error(*alone, split.fit), 1e-6);
  EXPECT_GT(model_error(*behind, split.fit), 1e-5);
}

}  // namespace
}  // namespace aapp::fit
