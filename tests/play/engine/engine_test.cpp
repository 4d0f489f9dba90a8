#include "play/engine/engine.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "tests/support/signals.h"

namespace aapp::play {
namespace {

constexpr int kRateHz = 48000;
constexpr audio::StreamSpec kStream{.rate_hz = kRateHz, .channels = 2, .max_block_frames = 256};
constexpr std::size_t kFadeFrames = 4800;  // kStartFadeMs

EngineSetup setup() {
  return {.stream = kStream, .map = default_channel_map(2, 2)};
}

Preset gain_preset(double gain_db) {
  Preset preset;
  preset.chain.push_back({.params = effects::GainParams{.gain_db = gain_db}});
  return preset;
}

std::unique_ptr<chain::Chain> make_chain(const Preset& preset) {
  return std::make_unique<chain::Chain>(chain::Chain::make(preset, kStream).value());
}

// As a device would: periods of `period` frames.
audio::AudioBuffer through(Engine& engine, const audio::AudioBuffer& in, std::size_t period) {
  audio::AudioBuffer out(in.channels(), in.frames());
  for (std::size_t at = 0; at < in.frames(); at += period) {
    const std::size_t frames = std::min(period, in.frames() - at);
    engine.process(in.view().slice(at, frames), out.view().slice(at, frames));
  }
  return out;
}

void open_fader(Engine& engine) {
  engine.fade_in();
  through(engine, audio::AudioBuffer(2, kFadeFrames), 256);
}

TEST(Engine, IsSilentUntilItIsFadedIn) {
  Engine engine(setup());
  EXPECT_TRUE(engine.silent());
  EXPECT_EQ(test::peak(through(engine, test::noise(2, 1000), 64)), 0.0F);
  engine.fade_in();
  EXPECT_GT(test::peak(through(engine, test::noise(2, 1000), 64)), 0.0F);
}

TEST(Engine, OnceFadedInItPassesTheChainsOutputUnchanged) {
  Engine engine(setup());
  engine.play(make_chain({}));
  open_fader(engine);
  const audio::AudioBuffer in = test::noise(2, 3000);
  EXPECT_EQ(through(engine, in, 64), in);
}

TEST(Engine, FadesInAndOutWithoutAStepAndEndsSilent) {
  Engine engine(setup());
  engine.fade_in();
  audio::AudioBuffer ones(2, 2 * kFadeFrames);
  for (int c = 0; c < 2; ++c) std::ranges::fill(ones.channel(c), 0.5F);
  const audio::AudioBuffer rise = through(engine, ones, 100);
  engine.fade_out();
  const audio::AudioBuffer fall = through(engine, ones, 100);
  EXPECT_TRUE(engine.silent());
  for (const audio::AudioBuffer* ramp : {&rise, &fall}) {
    for (std::size_t i = 1; i < ramp->frames(); ++i) {
      // Half a cosine over n frames rises by at most pi / 2n a frame.
      ASSERT_LE(std::abs(ramp->channel(0)[i] - ramp->channel(0)[i - 1]), 0.5 * 1.6 / kFadeFrames);
    }
  }
  EXPECT_EQ(rise.channel(1)[kFadeFrames], 0.5F);
  EXPECT_EQ(fall.channel(1)[kFadeFrames], 0.0F);
}

TEST(Engine, OutputDoesNotDependOnThePeriodEvenWhereItExceedsTheChainsBlock) {
  const audio::AudioBuffer in = test::noise(2, 20000);
  const auto play = [&](std::size_t period) {
    Engine engine(setup());
    engine.play(make_chain(gain_preset(-3.0)));
    engine.fade_in();
    return through(engine, in, period);
  };
  const audio::AudioBuffer reference = play(256);
  for (const std::size_t period : {1U, 7U, 64U, 257U, 1000U, 4096U, 20000U})
    EXPECT_EQ(play(period), reference) << period;
}

TEST(Engine, NonFiniteInputIsPlayedAsSilenceAndCounted) {
  Engine engine(setup());
  engine.play(make_chain(gain_preset(6.0)));
  open_fader(engine);
  audio::AudioBuffer in(2, 256);
  in.channel(0)[3] = std::numeric_limits<float>::quiet_NaN();
  in.channel(1)[4] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(test::peak(through(engine, in, 256)), 0.0F);
  EXPECT_EQ(engine.counts().non_finite_in, 2U);
}

TEST(Engine, OutputNeverPassesFullScale) {
  Engine engine(setup());
  engine.play(make_chain(gain_preset(30.0)));
  open_fader(engine);
  const audio::AudioBuffer out = through(engine, test::noise(2, 5000, 0.9F), 128);
  EXPECT_LE(test::peak(out), 1.0F);
  EXPECT_GT(test::peak(out), 0.95F);
}

TEST(Engine, AChainThatBlowsUpIsMutedWithinTheBlockAndComesBackWithAFade) {
  Engine engine(setup());
  engine.play(make_chain(gain_preset(60.0)));
  open_fader(engine);
  EXPECT_EQ(test::peak(through(engine, test::noise(2, 256, 0.9F), 256)), 0.0F);
  EXPECT_EQ(engine.counts().runaways, 1U);
  const audio::AudioBuffer after = through(engine, test::noise(2, 256, 1e-5F), 256);
  EXPECT_GT(test::peak(after), 0.0F);
  EXPECT_LT(test::peak(after), 1e-3F);  // 1e-5 at +60 dB is 1e-2: the fade has just begun
}

TEST(Engine, AMonoMicrophoneIsHeardOnBothSidesAndSpareOutputsStaySilent) {
  Engine engine({.stream = kStream, .map = default_channel_map(1, 2)});
  open_fader(engine);
  const audio::AudioBuffer in = test::noise(1, 256);
  audio::AudioBuffer out = test::noise(3, 256);
  engine.process(in.view(), out.view());
  EXPECT_TRUE(std::ranges::equal(out.channel(0), in.channel(0)));
  EXPECT_TRUE(std::ranges::equal(out.channel(1), in.channel(0)));
  EXPECT_TRUE(std::ranges::all_of(out.channel(2), [](float x) { return x == 0.0F; }));
}

TEST(Engine, RunsWithoutInputsAndWithoutOutputs) {
  Engine engine({.stream = kStream, .map = default_channel_map(0, 2)});
  open_fader(engine);
  audio::AudioBuffer out = test::noise(2, 300);
  engine.process(audio::ConstAudioView(nullptr, 0, 300), out.view());
  EXPECT_EQ(test::peak(out), 0.0F);
  const audio::AudioBuffer in = test::noise(2, 300);
  engine.process(in.view(), audio::AudioView(nullptr, 0, 300));
  EXPECT_GE(engine.counts().callbacks, 2U);
}

TEST(Engine, CommandsReachTheChainThatIsHeard) {
  Engine engine(setup());
  engine.play(make_chain(gain_preset(0.0)));
  open_fader(engine);
  ASSERT_TRUE(engine.send(SetParams{0, effects::GainParams{.gain_db = -20.0}}));
  ASSERT_TRUE(engine.send(SetParams{9, effects::GainParams{}}));  // no such node: nothing happens
  audio::AudioBuffer in(2, 4800);
  for (int c = 0; c < 2; ++c) std::ranges::fill(in.channel(c), 0.5F);
  const audio::AudioBuffer out = through(engine, in, 64);
  EXPECT_NEAR(out.channel(0)[4799], 0.05F, 1e-6F);
}

TEST(Engine, MetersShowWhatCameInAndWhatWentOut) {
  Engine engine(setup());
  engine.play(make_chain(gain_preset(-6.0206)));
  open_fader(engine);
  EngineMeters before, now;
  engine.read_meters(before);
  through(engine, test::sine(2, 48000, 1000.0, kRateHz, 0.5), 64);
  ASSERT_TRUE(engine.read_meters(now));
  EXPECT_NEAR(rms_db_between(before.in, now.in, 0), -9.03, 0.05);
  EXPECT_NEAR(rms_db_between(before.out, now.out, 1), -15.05, 0.05);
  EXPECT_NEAR(now.in.channel[0].peak, 0.5F, 1e-3F);
  EXPECT_EQ(now.out.channel[0].clipped, 0);
}

}  // namespace
}  // namespace aapp::play
