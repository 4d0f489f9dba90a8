// What the engine hears and plays, handed from the audio thread to the control thread: for the history that
// warms up new chains, for recording, for analysis. Dry is the chain's input, wet what the device gets; both
// cover the same frames. A control thread that stays away for longer than the tap holds loses frames, and is
// told.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "common/audio/ring.h"
#include "common/rt/spsc_queue.h"

namespace aapp::play {

inline constexpr double kTapSeconds = 2.0;

// One piece of the tap; frame `position` of the stream is its first.
struct TappedBlock {
  std::int64_t position = 0;
  audio::ConstAudioView dry;
  audio::ConstAudioView wet;
};

// Who wants to hear it, with the stream that it comes from. Pieces are no longer than the stream's blocks.
using TapListener = std::function<void(const audio::StreamSpec&, const TappedBlock&)>;

// Two monotone counters, each written by one side, say which frames of the rings hold something, as in
// SpscQueue.
class SignalTap {
 public:
  explicit SignalTap(const audio::StreamSpec& spec)
      : most_frames_(static_cast<std::size_t>(spec.max_block_frames)),
        dry_(spec.channels, capacity_frames(spec)),
        wet_(spec.channels, capacity_frames(spec)) {}

  // Audio thread. Both have the spec's channels and the same number of frames, at most its block.
  void push(audio::ConstAudioView dry, audio::ConstAudioView wet) noexcept {
    const auto frames = static_cast<std::int64_t>(dry.frames());
    const std::int64_t pushed = pushed_.load(std::memory_order_relaxed);
    const std::int64_t held = pushed - popped_.load(std::memory_order_acquire);
    if (held + frames > static_cast<std::int64_t>(dry_.length())) {
      dropped_.store(dropped_.load(std::memory_order_relaxed) + frames, std::memory_order_release);
      return;
    }
    dry_.write(pushed, dry);
    wet_.write(pushed, wet);
    pushed_.store(pushed + frames, std::memory_order_release);
  }

  // Control thread: shows everything that waits to `take`, piece by piece, oldest first. Views hold until it
  // returns.
  template <class Take>
  void drain(Take&& take) {
    std::int64_t popped = popped_.load(std::memory_order_relaxed);
    while (const auto waiting = static_cast<std::size_t>(pushed_.load(std::memory_order_acquire) - popped)) {
      const std::size_t most = std::min(waiting, most_frames_);
      const audio::ConstAudioView dry = dry_.read(popped, most), wet = wet_.read(popped, most);
      take(TappedBlock{popped + dropped_frames(), dry, wet});
      popped += static_cast<std::int64_t>(dry.frames());
      popped_.store(popped, std::memory_order_release);
    }
  }

  // Frames lost so far because nobody drained. Any thread.
  std::int64_t dropped_frames() const noexcept { return dropped_.load(std::memory_order_acquire); }

 private:
  static std::size_t capacity_frames(const audio::StreamSpec& spec) {
    return static_cast<std::size_t>(kTapSeconds * spec.rate_hz);
  }

  std::size_t most_frames_;
  audio::Ring dry_, wet_;  // written by the audio thread, read by the control thread
  alignas(rt::kCacheLineBytes) std::atomic<std::int64_t> pushed_{0};  // written by the audio thread
  std::atomic<std::int64_t> dropped_{0};                              // written by the audio thread
  alignas(rt::kCacheLineBytes) std::atomic<std::int64_t> popped_{0};  // written by the control thread
};

}  // namespace aapp::play
