#include "analyze/fit/finer_gain.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/first_equaliser.h"
#include "common/base/units.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 48000;

// A broad boost and a narrow cut in one place, before a compressor of quick attack.
ChainModel half_cancelling_bands() {
  ChainModel chain{.kind = ChainKind::eq_then_compressor,
                   .eq = {.bands = {{.frequency_hz = 262.0, .gain_db = -6.8, .q = 2.7},
                                    {.frequency_hz = 264.0, .gain_db = 4.4, .q = 1.0},
                                    {.frequency_hz = 1700.0, .gain_db = 5.5, .q = 0.6},
                                    {.frequency_hz = 2700.0, .gain_db = -4.0, .q = 0.8}}},
                   .gain_db = 0.0,
                   .compressor = test::all_topologies()[0]};
  chain.compressor.threshold_db = -30.0, chain.compressor.ratio = 4.0;
  chain.compressor.attack_ms = 2.0, chain.compressor.release_ms = 60.0;
  return chain;
}

// Of sound that is as weak above as music: what the gain does to the lows lies over the highs.
PairExcerpt pair_of(const ChainModel& chain) {
  const effects::EqParams dark{
      .bands = {{.type = dsp::BandType::low_pass, .frequency_hz = 100.0, .gain_db = 0.0, .q = 0.5}}};
  PairExcerpt pair{.rate_hz = kRate,
                   .dry = equalise(test::bursts(2, 8.0, kRate, 73), dark, kRate, Direction::apply),
                   .wet = {}};
  pair.wet = run_model(chain, pair.dry, kRate);
  return pair;
}

double left_behind(const PairExcerpt& pair, const std::vector<float>& gain_db) {
  return share_unexplained(measure_transfer(pair.dry, without_gain(pair.wet, gain_db), kRate));
}

TEST(FinerGain, FollowsWhatFramesMissOfAnAttack) {
  const ChainModel chain = half_cancelling_bands();
  const PairExcerpt pair = pair_of(chain);
  const std::vector<float> rough = separate_gain(pair).gain_db, finer = finer_gain_db(pair, rough, chain.eq);
  ASSERT_EQ(finer.size(), pair.dry.frames());
  EXPECT_LT(left_behind(pair, finer), 0.5 * left_behind(pair, rough));
}

TEST(FinerGain, LeavesAGainThatIsRight) {
  ChainModel still = half_cancelling_bands();
  still.kind = ChainKind::eq;
  const PairExcerpt pair = pair_of(still);
  for (const float db : finer_gain_db(pair, std::vector<float>(pair.dry.frames(), 0.0F), still.eq))
    ASSERT_NEAR(db, 0.0F, 1e-3F);
}

TEST(FinerGain, TakesSilenceAndScrapsAsTheyAre) {
  const std::vector<float> known(kRate, -3.0F);
  const PairExcerpt silence{
      .rate_hz = kRate, .dry = audio::AudioBuffer(1, kRate), .wet = audio::AudioBuffer(1, kRate)};
  EXPECT_EQ(finer_gain_db(silence, known, {}), known);
  const PairExcerpt scrap{
      .rate_hz = kRate, .dry = audio::AudioBuffer(1, 50), .wet = audio::AudioBuffer(1, 50)};
  EXPECT_EQ(finer_gain_db(scrap, std::vector<float>(50, 1.0F), {}), std::vector<float>(50, 1.0F));
}

// How far apart these bands are from the chain's, as filters: RMS over ln frequency, whatever the level.
double response_error_db(const PairExcerpt& pair, const effects::EqParams& truth,
                         const effects::EqParams& found) {
  const Transfer between = measure_transfer(equalise(pair.dry, found, kRate, Direction::apply),
                                            equalise(pair.dry, truth, kRate, Direction::apply), kRate);
  double sum = 0.0, squares = 0.0;
  const auto count = static_cast<double>(between.xx.size());
  for (std::size_t i = 0; i < between.xx.size(); ++i) {
    const double db = gain_to_db(std::abs(between.xy[i]) / between.xx[i]);
    sum += db, squares += db * db;
  }
  return std::sqrt(squares / count - sum * sum / (count * count));
}

TEST(CloserEqualiser, SeesBandsThatHalfCancel) {
  const ChainModel chain = half_cancelling_bands();
  const PairExcerpt pair = pair_of(chain);
  const GainSeparation separation = separate_gain(pair);
  const Result<PairedEq> first = first_equaliser(pair, separation, {});
  ASSERT_TRUE(first);
  const Result<PairedEq> closer = closer_equaliser(pair, separation, *first, {});
  ASSERT_TRUE(closer);
  EXPECT_LT(response_error_db(pair, chain.eq, closer->eq),
            0.5 * response_error_db(pair, chain.eq, first->eq));
}

}  // namespace
}  // namespace aapp::fit
