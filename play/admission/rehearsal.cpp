#include "play/admission/rehearsal.h"

#include <pthread.h>

#include <chrono>
#include <thread>

#include "common/rt/rt_thread.h"
#include "play/admission/test_input.h"
#include "play/engine/engine.h"

namespace aapp::play {
namespace {

constexpr int kWarmUpPeriods = 4;  // page faults and the first branches are not the preset's

// Once every period; what takes longer than its period is called again at once.
std::vector<double> run(Engine& engine, const CallbackSpec& callback) {
  using Clock = std::chrono::steady_clock;
  static_cast<void>(rt::request_realtime(pthread_self(), kRehearsalPriority));
  const auto frames = static_cast<std::size_t>(callback.period_frames);
  audio::AudioBuffer in(callback.stream.channels, frames), out(callback.stream.channels, frames);
  TestInput input;
  std::vector<double> times_us;
  const auto period = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double, std::micro>(callback.period_us()));
  const Clock::time_point end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                                   std::chrono::duration<double>(kRehearsalSeconds));
  Clock::time_point due = Clock::now();
  for (int i = -kWarmUpPeriods; i < kFewestRehearsed || due < end; ++i) {
    input.fill(in.view());
    due = std::max(due + period, Clock::now());
    std::this_thread::sleep_until(due);
    const std::int64_t started_ns = rt::monotonic_ns();
    engine.process(in.view(), out.view());
    const std::int64_t ended_ns = rt::monotonic_ns();
    if (i >= 0) times_us.push_back(static_cast<double>(ended_ns - started_ns) / 1000.0);
  }
  return times_us;
}

}  // namespace

Result<std::vector<double>> rehearse(const Preset& preset, const CallbackSpec& callback) {
  Result<chain::Chain> chain = chain::Chain::make(preset, callback.stream);
  if (!chain) return tl::unexpected(chain.error());
  const int channels = callback.stream.channels;
  Engine engine({.stream = callback.stream, .map = default_channel_map(channels, channels)});
  engine.play(std::make_unique<chain::Chain>(std::move(*chain)));
  engine.fade_in();
  std::vector<double> times_us;
  std::thread([&] { times_us = run(engine, callback); }).join();
  return times_us;
}

}  // namespace aapp::play
