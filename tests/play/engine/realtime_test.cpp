// What the callback must not do, whatever happens on the other thread meanwhile.
#include <gtest/gtest.h>

#include <thread>

#include "common/effects/compressor.h"
#include "common/effects/eq.h"
#include "play/engine/engine.h"
#include "play/engine/latency_probe.h"
#include "tests/support/realtime_guard.h"
#include "tests/support/signals.h"

namespace aapp::play {
namespace {

constexpr audio::StreamSpec kStream{.rate_hz = 48000, .channels = 2, .max_block_frames = 256};

std::unique_ptr<chain::Chain> chain_with_gain(double gain_db) {
  Preset preset;
  effects::EqParams eq;
  eq.bands.push_back({.frequency_hz = 2000.0, .gain_db = gain_db});
  preset.chain.push_back({.params = eq});
  preset.chain.push_back({.params = effects::CompressorParams{}});
  return std::make_unique<chain::Chain>(chain::Chain::make(preset, kStream).value());
}

TEST(Realtime, TheCallbackAllocatesLocksAndWaitsForNothingWhileChainsAreSwapped) {
  Engine engine({.stream = kStream, .map = default_channel_map(2, 2)});
  engine.play(chain_with_gain(0.0));
  engine.fade_in();
  std::atomic<bool> done{false};
  test::RealtimeCounts counts;
  std::thread audio_thread([&] {
    const audio::AudioBuffer in = test::noise(2, 700);
    audio::AudioBuffer out(2, 700);
    for (std::size_t period = 1; !done; period = period % 700 + 13) {
      const std::size_t frames = std::min<std::size_t>(period, 700);
      {
        const test::RealtimeGuard guard;
        engine.process(in.view().slice(0, frames), out.view().slice(0, frames));
        const test::RealtimeCounts now = guard.counts();
        counts.allocations += now.allocations;
        counts.frees += now.frees;
        counts.locks += now.locks;
        counts.waits += now.waits;
        counts.files += now.files;
      }
      std::this_thread::yield();
    }
  });
  EngineMeters meters;
  for (int i = 0; i < 40 || engine.counts().callbacks <= 100; ++i) {
    engine.play(chain_with_gain(i % 7));
    engine.send(SetParams{1, effects::CompressorParams{.threshold_db = -10.0 - i % 20}});
    if (i % 10 == 9) engine.send(SetBypass{i % 20 == 9 ? Bypass::on : Bypass::off, 3.0});
    engine.read_meters(meters);
    engine.collect();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  done = true;
  audio_thread.join();
  EXPECT_GT(engine.counts().callbacks, 100U);
  EXPECT_EQ(counts, test::RealtimeCounts{});
}

TEST(Realtime, TheLatencyProbeKeepsTheRulesToo) {
  LatencyProbe probe(48000, 10);
  const audio::AudioBuffer in = test::noise(2, 256);
  audio::AudioBuffer out(2, 256);
  const test::RealtimeGuard guard;
  for (int i = 0; i < 200; ++i) probe.process(in.view(), out.view());
  EXPECT_EQ(guard.counts(), test::RealtimeCounts{});
}

}  // namespace
}  // namespace aapp::play
