#include "play/engine/stream_watch.h"

#include <gtest/gtest.h>

#include <functional>

namespace aapp::play {
namespace {

constexpr int kRateHz = 48000;
constexpr int kPeriod = 480;  // 10 ms
constexpr std::int64_t kTickMs = 20;

StreamFacts facts(Backend backend) {
  return {.backend = backend, .rate_hz = kRateHz, .period_frames = kPeriod};
}

// What the watch says first when the number of callbacks after t ms is given by `callbacks`, and when.
struct Verdict {
  StreamHealth health = StreamHealth::healthy;
  std::int64_t at_ms = 0;
};
Verdict watch(const std::function<std::uint64_t(std::int64_t)>& callbacks, Backend backend = Backend::pulse,
              std::int64_t until_ms = 10'000) {
  StreamWatch watch(facts(backend));
  for (std::int64_t t = 0; t <= until_ms; t += kTickMs) {
    const DeviceStatus status{.state = DeviceState::running,
                              .callbacks = callbacks(t),
                              .rate_hz = kRateHz,
                              .period_frames = kPeriod};
    const StreamHealth health = watch.look(status, t);
    if (health != StreamHealth::healthy) return {health, t};
  }
  return {};
}

std::uint64_t on_time(std::int64_t t) {
  return static_cast<std::uint64_t>(t / 10);
}

TEST(StreamWatch, AStreamOnTimeIsHealthy) {
  EXPECT_EQ(watch(on_time).health, StreamHealth::healthy);
}

TEST(StreamWatch, AStreamThatStopsIsStalledAfterHalfASecond) {
  const Verdict verdict = watch([](std::int64_t t) { return on_time(std::min<std::int64_t>(t, 3000)); });
  EXPECT_EQ(verdict.health, StreamHealth::stalled);
  EXPECT_GT(verdict.at_ms, 3000 + kStallMs - kTickMs);
  EXPECT_LE(verdict.at_ms, 3000 + kStallMs + 2 * kTickMs);
}

TEST(StreamWatch, AlsaIsGivenMoreTime) {
  const auto pause = [](std::int64_t t) { return t > 1000 && t < 3500 ? on_time(1000) : on_time(t); };
  EXPECT_EQ(watch(pause, Backend::pulse).health, StreamHealth::stalled);
  EXPECT_EQ(watch(pause, Backend::alsa).health, StreamHealth::healthy);
}

TEST(StreamWatch, ACallbackThatNeverComesIsAStallToo) {
  EXPECT_EQ(watch([](std::int64_t) { return std::uint64_t{0}; }).health, StreamHealth::stalled);
}

TEST(StreamWatch, APauseOf400MsAndTheCatchingUpAfterItAreForgiven) {
  const auto hiccup = [](std::int64_t t) { return t > 2000 && t < 2400 ? on_time(2000) : on_time(t); };
  EXPECT_EQ(watch(hiccup).health, StreamHealth::healthy);
}

TEST(StreamWatch, ASpinningCallbackIsFoundWithin300Ms) {
  const auto spin = [](std::int64_t t) {
    return t < 2000 ? on_time(t) : on_time(2000) + static_cast<std::uint64_t>((t - 2000) * 280);
  };
  const Verdict verdict = watch(spin);
  EXPECT_EQ(verdict.health, StreamHealth::spinning);
  EXPECT_LE(verdict.at_ms, 2300);
}

TEST(StreamWatch, WhereFreewheelIsPossibleSpeedIsNoFault) {
  EXPECT_EQ(watch([](std::int64_t t) { return on_time(15 * t); }, Backend::jack).health,
            StreamHealth::healthy);
}

TEST(StreamWatch, SaysWhenTheDeviceIsLostOrItsRateChanged) {
  StreamWatch first(facts(Backend::jack));
  EXPECT_EQ(first.look({.state = DeviceState::lost, .rate_hz = kRateHz, .period_frames = kPeriod}, 0),
            StreamHealth::lost);
  StreamWatch second(facts(Backend::jack));
  EXPECT_EQ(second.look({.state = DeviceState::running, .rate_hz = 44100, .period_frames = kPeriod}, 0),
            StreamHealth::rate_changed);
}

TEST(Backoff, TriesSoonAtFirstAndThenEveryHalfSecond) {
  Backoff backoff;
  std::int64_t total = 0, last = 0;
  for (int i = 0; i < 10; ++i) {
    last = backoff.next_ms();
    total += last;
  }
  EXPECT_EQ(last, 500);
  EXPECT_LT(total, 10 * 500);
  backoff.reset();
  EXPECT_EQ(backoff.next_ms(), 50);
}

}  // namespace
}  // namespace aapp::play
