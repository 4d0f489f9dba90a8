#include "analyze/fit/gain_separation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/fit/chain_model.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 48000;

PairExcerpt pair_of(audio::AudioBuffer dry, const ChainModel& model) {
  PairExcerpt pair{.rate_hz = kRate, .dry = std::move(dry), .wet = {}};
  pair.wet = run_model(model, pair.dry, kRate);
  return pair;
}

ChainModel chain(const effects::EqBand& band) {
  return {.kind = ChainKind::eq_then_compressor,
          .eq = {.bands = {band}},
          .gain_db = 0.0,
          .compressor = test::all_topologies()[0]};
}

TEST(GainSeparation, TellsAMovingGainFromAFilter) {
  const PairExcerpt pair =
      pair_of(test::bursts(1, 4.0, kRate, 71),
              chain({.type = dsp::BandType::peak, .frequency_hz = 1000.0, .gain_db = 9.0}));
  const GainSeparation found = separate_gain(pair);
  EXPECT_LT(found.error, 0.2 * found.gain_error);
  EXPECT_LT(found.error, 0.2 * found.filter_error);
  EXPECT_TRUE(filter_is_likely(found));
}

// A high-pass rings for longer than the frames that the gain is told by.
TEST(GainSeparation, LooksAboveWhatRings) {
  audio::AudioBuffer dry = test::bursts(1, 4.0, kRate, 72);
  const ChainModel rumble{
      .kind = ChainKind::eq,
      .eq = {.bands = {{.type = dsp::BandType::peak, .frequency_hz = 28.0, .gain_db = 36.0, .q = 2.0}}},
      .gain_db = 0.0,
      .compressor = {}};
  dry = run_model(rumble, dry, kRate);
  const PairExcerpt pair =
      pair_of(dry, chain({.type = dsp::BandType::high_pass, .frequency_hz = 35.0, .q = 0.9}));
  const GainSeparation found = separate_gain(pair);
  EXPECT_LT(found.error, 0.05);
  EXPECT_LT(found.error, 0.5 * found.filter_error);
}

}  // namespace
}  // namespace aapp::fit
