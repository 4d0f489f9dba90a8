#include "play/engine/latency_probe.h"

#include <gtest/gtest.h>

#include "tests/support/signals.h"

namespace aapp::play {
namespace {

// The probe's output comes back `delay` frames later, attenuated, with noise.
LatencyFigures measured(std::size_t delay, std::size_t period, float gain = 0.5F, float noise = 0.0F) {
  LatencyProbe probe(48000, 100);
  const std::size_t frames = 6 * 4800;
  audio::AudioBuffer line(1, frames + delay + period);
  const audio::AudioBuffer hiss = test::noise(1, line.frames(), noise);
  audio::AudioBuffer in(1, period), out(1, period);
  for (std::size_t at = 0; at < frames; at += period) {
    for (std::size_t i = 0; i < period; ++i)
      in.channel(0)[i] = line.channel(0)[at + i] + hiss.channel(0)[at + i];
    probe.process(in.view(), out.view());
    for (std::size_t i = 0; i < period && at + i + delay < line.frames(); ++i) {
      line.channel(0)[at + i + delay] = gain * out.channel(0)[i];
    }
  }
  return probe.figures();
}

TEST(LatencyProbe, FindsADelayToTheFrame) {
  for (const std::size_t delay : {64U, 100U, 1024U, 4000U}) {
    const LatencyVerdict verdict = judge(measured(delay, 64));
    EXPECT_TRUE(verdict.found) << delay;
    EXPECT_EQ(verdict.frames, static_cast<int>(delay));
    EXPECT_EQ(verdict.spread_frames, 0);
  }
}

TEST(LatencyProbe, FindsItInNoiseAndThroughALossyLine) {
  const LatencyVerdict verdict = judge(measured(777, 128, 0.05F, 0.004F));
  EXPECT_TRUE(verdict.found);
  EXPECT_EQ(verdict.frames, 777);
}

TEST(LatencyProbe, WithoutALoopItFindsNothing) {
  EXPECT_FALSE(judge(measured(100, 64, 0.0F)).found);
  EXPECT_FALSE(judge(measured(100, 64, 0.0F, 0.1F)).found);
}

TEST(LatencyProbe, DelaysThatDisagreeAreNoResult) {
  EXPECT_FALSE(judge({.pulses = 5, .delays_frames = {10, 500, 900, 1200, 1500}}).found);
  EXPECT_TRUE(judge({.pulses = 5, .delays_frames = {64, 64, 65, 900}}).found);
}

}  // namespace
}  // namespace aapp::play
