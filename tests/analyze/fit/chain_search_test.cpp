#include "analyze/fit/chain_search.h"

#include <gtest/gtest.h>

#include "analyze/fit/chain_error.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

// A recording from its start, 0.3 s of which no fit is compared with.
PairSplit split_of(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet) {
  PairSplit split;
  split.fit = {
      .rate_hz = kRate, .dry = dry, .wet = wet, .warm_up_frames = 3 * kRate / 10, .from_start = true};
  split.search = split.heat = split.held_out = split.fit;
  return split;
}

Candidate candidate(const effects::CompressorParams& compressor, const PairSplit& split) {
  Candidate out;
  out.model = {.kind = ChainKind::compressor, .eq = {}, .gain_db = 0.0, .compressor = compressor};
  out.error = model_error(out.model, split.fit);
  return out;
}

// Its gain, once down, hardly moves; at the start it is 30 dB too loud.
TEST(UnlessAGainIsNearer, TakesTheGainThatIsNearerFromTheStart) {
  const audio::AudioBuffer dry = test::bursts(1, 2.0, kRate, 81);
  const PairSplit split = split_of(dry, test::add_noise(dry, 0.02, 82));
  effects::CompressorParams slow{
      .threshold_db = -80.0, .ratio = 1.6, .attack_ms = 80.0, .release_ms = 5000.0};
  slow.makeup_db = 30.0 - 3.0;
  const Candidate found = candidate(slow, split);
  const Candidate taken = unless_a_gain_is_nearer(found, split, {});
  EXPECT_FALSE(has_compressor(taken.model.kind));
  EXPECT_LT(model_error(taken.model, with_start(split.fit)),
            0.1 * model_error(found.model, with_start(split.fit)));
}

TEST(UnlessAGainIsNearer, KeepsACompressor) {
  const effects::CompressorParams compressor = test::all_topologies()[0];
  const audio::AudioBuffer dry = test::bursts(1, 2.0, kRate, 83);
  const PairSplit split = split_of(dry, test::add_noise(test::compress(dry, kRate, compressor), 0.02, 84));
  EXPECT_EQ(unless_a_gain_is_nearer(candidate(compressor, split), split, {}).model.kind,
            ChainKind::compressor);
}

}  // namespace
}  // namespace aapp::fit
