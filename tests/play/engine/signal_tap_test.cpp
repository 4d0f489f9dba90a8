#include "play/engine/signal_tap.h"

#include <gtest/gtest.h>

#include <thread>

namespace aapp::play {
namespace {

constexpr audio::StreamSpec kSpec{.rate_hz = 8000, .channels = 2, .max_block_frames = 256};
constexpr std::size_t kHeld = 16000;  // kTapSeconds of it

// Pushes the frames that begin at `from`: dry holds their numbers, wet the negative ones.
void push(SignalTap& tap, std::int64_t from, std::size_t frames) {
  audio::AudioBuffer dry(2, frames), wet(2, frames);
  for (std::size_t i = 0; i < frames; ++i) {
    for (int c = 0; c < 2; ++c) {
      dry.channel(c)[i] = static_cast<float>(from + static_cast<std::int64_t>(i));
      wet.channel(c)[i] = -dry.channel(c)[i];
    }
  }
  tap.push(dry.view(), wet.view());
}

// How many frames came, each of them the next, in pieces that listeners have room for.
std::int64_t drain(SignalTap& tap, std::int64_t expected) {
  std::int64_t got = 0;
  tap.drain([&](const TappedBlock& piece) {
    EXPECT_LE(piece.dry.frames(), 256U);
    EXPECT_EQ(piece.dry.frames(), piece.wet.frames());
    EXPECT_EQ(piece.position, expected + got);
    for (std::size_t i = 0; i < piece.dry.frames(); ++i, ++got) {
      for (int c = 0; c < 2; ++c) {
        ASSERT_EQ(piece.dry.channel(c)[i], static_cast<float>(expected + got));
        ASSERT_EQ(piece.wet.channel(c)[i], -static_cast<float>(expected + got));
      }
    }
  });
  return got;
}

TEST(SignalTap, GivesEveryFrameOnceAndInOrder) {
  SignalTap tap(kSpec);
  std::int64_t pushed = 0, popped = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto frames = static_cast<std::size_t>(1 + round * 37 % 256);
    push(tap, pushed, frames);
    pushed += static_cast<std::int64_t>(frames);
    if (round % 5 == 0) popped += drain(tap, popped);
  }
  popped += drain(tap, popped);
  EXPECT_EQ(popped, pushed);
  EXPECT_EQ(tap.dropped_frames(), 0);
}

TEST(SignalTap, SaysWhatItLosesWhenNobodyDrains) {
  SignalTap tap(kSpec);
  for (int i = 0; i < 100; ++i) push(tap, 256 * i, 256);
  EXPECT_EQ(tap.dropped_frames(), 100 * 256 - static_cast<std::int64_t>(kHeld / 256 * 256));
}

TEST(SignalTap, LosesNothingBetweenTwoThreads) {
  SignalTap tap(kSpec);
  constexpr int kBlocks = 4000;
  std::atomic<std::int64_t> popped{0};
  std::thread audio([&] {
    for (int i = 0; i < kBlocks; ++i) {
      while (256 * i - popped > 8000) std::this_thread::yield();
      push(tap, 256 * i, 256);
    }
  });
  while (popped < 256 * kBlocks) popped += drain(tap, popped);
  audio.join();
  EXPECT_EQ(tap.dropped_frames(), 0);
}

}  // namespace
}  // namespace aapp::play
