#include "play/engine/chain_player.h"

#include <gtest/gtest.h>

#include "tests/support/signals.h"

namespace aapp::play {
namespace {

constexpr audio::StreamSpec kSpec{.rate_hz = 48000, .channels = 2, .max_block_frames = 512};
// From the swap to the new chain alone.
constexpr std::size_t kSwapFrames = 1920;

std::unique_ptr<chain::Chain> gain_chain(double gain_db) {
  Preset preset;
  preset.chain.push_back({.params = effects::GainParams{.gain_db = gain_db}});
  return std::make_unique<chain::Chain>(chain::Chain::make(preset, kSpec).value());
}

audio::AudioBuffer ones(std::size_t frames) {
  audio::AudioBuffer buffer(2, frames);
  for (int c = 0; c < 2; ++c) std::ranges::fill(buffer.channel(c), 1.0F);
  return buffer;
}

void play_through(ChainPlayer& player, audio::AudioBuffer& audio, std::size_t block) {
  for (std::size_t at = 0; at < audio.frames(); at += block) {
    player.process(audio.view().slice(at, std::min(block, audio.frames() - at)));
  }
}

TEST(ChainPlayer, WithoutAChainAudioPassesUnchanged) {
  ChainPlayer player(kSpec);
  audio::AudioBuffer audio = test::noise(2, 1000);
  const audio::AudioBuffer before = audio;
  play_through(player, audio, 64);
  EXPECT_EQ(audio, before);
}

TEST(ChainPlayer, TheFirstChainIsHeardFromTheFirstFrame) {
  ChainPlayer player(kSpec);
  player.play(gain_chain(-20.0));
  audio::AudioBuffer audio = ones(64);
  play_through(player, audio, 64);
  EXPECT_NEAR(audio.channel(0)[0], 0.1F, 1e-6F);
}

TEST(ChainPlayer, ASwapPassesSmoothlyFromTheOldLevelToTheNew) {
  ChainPlayer player(kSpec);
  player.play(gain_chain(0.0));
  audio::AudioBuffer audio = ones(64);
  play_through(player, audio, 64);
  player.play(gain_chain(-20.0));
  audio = ones(kSwapFrames + 100);
  play_through(player, audio, 64);
  EXPECT_EQ(audio.channel(0)[0], 1.0F);
  EXPECT_NEAR(audio.channel(0)[kSwapFrames], 0.1F, 1e-6F);
  for (std::size_t i = 1; i < audio.frames(); ++i) {
    // Half a cosine from 1 to 0.1 in 960 frames: never up, never steeper than 0.9 pi / 2 / 960.
    const float step = audio.channel(0)[i] - audio.channel(0)[i - 1];
    ASSERT_LE(step, 0.0F);
    ASSERT_GE(step, -0.9F * 1.6F / 960.0F);
  }
}

TEST(ChainPlayer, SwappingToAnEqualChainChangesNoBit) {
  ChainPlayer player(kSpec);
  player.play(gain_chain(-3.0));
  audio::AudioBuffer audio = test::noise(2, 8192);
  audio::AudioBuffer expected = audio;
  gain_chain(-3.0)->process(expected.view().slice(0, 512));
  audio::AudioView first = audio.view().slice(0, 512);
  player.process(first);
  player.play(gain_chain(-3.0));
  for (std::size_t at = 512; at < audio.frames(); at += 512) player.process(audio.view().slice(at, 512));
  const auto reference = gain_chain(-3.0);
  expected = test::noise(2, 8192);
  for (std::size_t at = 0; at < expected.frames(); at += 512)
    reference->process(expected.view().slice(at, 512));
  EXPECT_EQ(audio, expected);
}

TEST(ChainPlayer, TheResultDoesNotDependOnBlockSize) {
  const auto swapped = [](std::size_t block) {
    ChainPlayer player(kSpec);
    player.play(gain_chain(0.0));
    audio::AudioBuffer audio = test::noise(2, 5040);
    player.process(audio.view().slice(0, 420));
    player.play(gain_chain(-12.0));
    for (std::size_t at = 420; at < audio.frames(); at += block) {
      player.process(audio.view().slice(at, std::min(block, audio.frames() - at)));
    }
    return audio;
  };
  const audio::AudioBuffer reference = swapped(1);
  for (const std::size_t block : {3U, 64U, 100U, 511U}) EXPECT_EQ(swapped(block), reference) << block;
}

TEST(ChainPlayer, ASwapDuringAFadeWaitsAndTheNewestWins) {
  ChainPlayer player(kSpec);
  player.play(gain_chain(0.0));
  audio::AudioBuffer audio = ones(64);
  play_through(player, audio, 64);
  player.play(gain_chain(-6.0));
  audio = ones(512);
  play_through(player, audio, 64);
  player.play(gain_chain(-40.0));
  player.play(gain_chain(-20.0));
  audio = ones(3 * kSwapFrames);
  play_through(player, audio, 64);
  EXPECT_NEAR(audio.channel(0)[audio.frames() - 1], 0.1F, 1e-6F);
  EXPECT_FALSE(player.pending());
}

}  // namespace
}  // namespace aapp::play
