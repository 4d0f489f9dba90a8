#include "common/chain/chain.h"

#include <gtest/gtest.h>

#include "tests/support/run_effect.h"
#include "tests/support/signals.h"

namespace aapp::chain {
namespace {

using audio::AudioBuffer;
using effects::CompressorParams;
using effects::EqParams;
using effects::GainParams;

constexpr audio::StreamSpec kSpec{.rate_hz = 48000, .channels = 2, .max_block_frames = test::kMaxBlock};

Preset voice() {
  Preset preset;
  preset.chain = {
      {GainParams{.gain_db = -3.0}},
      {EqParams{.bands = {{.frequency_hz = 300, .gain_db = -4}, {.frequency_hz = 3000, .gain_db = 5}}}},
      {CompressorParams{.makeup_db = 6}}};
  return preset;
}

Chain made(const Preset& preset, const audio::StreamSpec& spec = kSpec) {
  return std::move(Chain::make(preset, spec).value());
}

TEST(Chain, without_effects_is_a_wire) {
  const AudioBuffer in = test::noise(2, 3000);
  Chain chain = made({});
  EXPECT_EQ(test::output(chain, in), in);
  EXPECT_EQ(chain.latency_frames(), 0);
  EXPECT_EQ(chain.tail_frames(), 0);
}

TEST(Chain, plays_its_effects_in_order) {
  const AudioBuffer in = test::bursts(2, 12000, 1000);
  AudioBuffer expected = in;
  for (const ChainNode& node : voice().chain) {
    auto effect = test::prepared(node.params, 48000, 2);
    expected = test::output(*effect, expected);
  }
  Chain chain = made(voice());
  EXPECT_EQ(test::output(chain, in), expected);
  Preset reversed = voice();
  std::ranges::reverse(reversed.chain);
  Chain other = made(reversed);
  EXPECT_GT(test::largest_difference(test::output(other, in), expected), 0.01F);
}

TEST(Chain, a_node_bypassed_from_the_start_is_not_heard_at_all) {
  const AudioBuffer in = test::noise(2, 3000);
  Preset preset = voice();
  for (ChainNode& node : preset.chain) node.bypass = true;
  Chain chain = made(preset);
  EXPECT_EQ(test::output(chain, in), in);
  EXPECT_EQ(chain.gain_reduction_db(), 0.0);
}

TEST(Chain, bypass_leaves_within_20_ms_and_comes_back_settled_within_60) {
  const AudioBuffer in = test::noise(2, 48000);
  Preset preset = voice();
  preset.chain.erase(preset.chain.begin());
  Chain whole = made(preset);
  const AudioBuffer processed = test::output(whole, in);
  Chain chain = made(preset);
  AudioBuffer audio = in;
  for (std::size_t at = 0; at < 48000; at += 480) {
    if (at == 9600) chain.set_bypass(0, true), chain.set_bypass(1, true);
    if (at == 24000) chain.set_bypass(0, false), chain.set_bypass(1, false);
    chain.process(audio.view().slice(at, 480));
  }
  for (std::size_t i = 0; i < 9600; ++i) ASSERT_EQ(audio.channel(0)[i], processed.channel(0)[i]);
  for (std::size_t i = 9600 + 960; i < 24000 + 960; ++i) ASSERT_EQ(audio.channel(0)[i], in.channel(0)[i]);
  // The compressor starts anew, so only its slow release keeps a little apart.
  for (std::size_t i = 24000 + 2880; i < 48000; ++i)
    ASSERT_NEAR(audio.channel(0)[i], processed.channel(0)[i], 0.1F);
}

TEST(Chain, a_bypass_taken_back_while_settling_is_never_heard) {
  const AudioBuffer in = test::noise(2, 9600);
  Preset preset = voice();
  preset.chain.resize(1);
  preset.chain[0].bypass = true;
  Chain chain = made(preset);
  AudioBuffer audio = in;
  for (std::size_t at = 0; at < 9600; at += 480) {
    if (at == 960) chain.set_bypass(0, false);
    if (at == 1440) chain.set_bypass(0, true);
    chain.process(audio.view().slice(at, 480));
  }
  EXPECT_EQ(audio, in);
}

TEST(Chain, reset_equals_a_chain_made_fresh) {
  const AudioBuffer in = test::bursts(2, 12000, 1000);
  Chain chain = made(voice());
  const AudioBuffer first = test::output(chain, in);
  chain.set_bypass(1, true);
  test::output(chain, in);
  chain.set_bypass(1, false);
  chain.reset();
  EXPECT_EQ(test::output(chain, in), first);
}

TEST(Chain, does_not_depend_on_block_size_even_while_bypass_and_parameters_change) {
  const AudioBuffer in = test::bursts(2, 24000, 1000);
  const auto played = [&in](std::size_t block) {
    Chain chain = made(voice());
    AudioBuffer audio = in;
    for (std::size_t change = 0; change < 4; ++change) {
      if (change == 1) chain.set_bypass(2, true), chain.set_params(0, GainParams{.gain_db = 6});
      if (change == 2) chain.set_params(1, EqParams{.bands = {{.gain_db = 9}}});
      if (change == 3) chain.set_bypass(2, false);
      test::run(chain, audio.view().slice(change * 6000, 6000), std::span(&block, 1));
    }
    return audio;
  };
  const AudioBuffer whole = played(4096);
  for (const std::size_t block : {1, 61, 64, 1000}) EXPECT_EQ(played(block), whole) << block;
}

TEST(Chain, no_pile_of_boosts_reaches_infinity) {
  EqParams absurd;
  for (std::size_t i = 0; i < effects::kMaxEqBands; ++i) absurd.bands.push_back({.gain_db = 40.0});
  Preset preset;
  for (std::size_t i = 0; i < kMaxChainNodes; ++i) {
    if (i % 3 == 0) preset.chain.push_back({absurd});
    if (i % 3 == 1) preset.chain.push_back({GainParams{.gain_db = 60.0}});
    if (i % 3 == 2) preset.chain.push_back({CompressorParams{.makeup_db = 60.0}});
  }
  Chain chain = made(preset);
  const AudioBuffer out = test::output(chain, test::noise(2, 4800));
  EXPECT_TRUE(test::all_finite(out));
  EXPECT_LE(test::peak(out), kLoudestSample);
}

TEST(Chain, refuses_a_bad_stream_and_too_many_effects) {
  EXPECT_FALSE(Chain::make({}, {.rate_hz = 0}).has_value());
  Preset preset;
  preset.chain.resize(kMaxChainNodes + 1);
  const auto chain = Chain::make(preset, kSpec);
  ASSERT_FALSE(chain.has_value());
  EXPECT_EQ(chain.error().code, ErrorCode::preset_invalid);
}

}  // namespace
}  // namespace aapp::chain
