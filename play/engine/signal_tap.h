// What the engine hears and plays, handed from the audio thread to the control thread: for the history that
// warms up new chains, for recording, for analysis. Dry is the chain's input, wet what the device gets; both
// cover the same frames. A control thread that stays away for longer than the tap holds loses frames, and is
// told.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "common/audio/buffer.h"
#include "common/audio/interleave.h"
#include "common/rt/spsc_queue.h"

namespace aapp::play {

inline constexpr double kTapSeconds = 2.0;

// One piece of the tap; frame `position` of the stream is its first.
struct TappedBlock {
  std::int64_t position = 0;
  audio::ConstAudioView dry;
  audio::ConstAudioView wet;
};

// Who wants to hear it, with the stream that it comes from.
using TapListener = std::function<void(const audio::StreamSpec&, const TappedBlock&)>;

class SignalTap {
 public:
  explicit SignalTap(const audio::StreamSpec& spec)
      : channels_(static_cast<std::size_t>(spec.channels)),
        dry_(capacity(spec)),
        wet_(capacity(spec)),
        pushed_(channels_ * static_cast<std::size_t>(spec.max_block_frames)),
        popped_(pushed_.size()),
        dry_block_(spec.channels, static_cast<std::size_t>(spec.max_block_frames)),
        wet_block_(spec.channels, static_cast<std::size_t>(spec.max_block_frames)) {}

  // Audio thread. Both have the spec's channels and the same number of frames, at most its block.
  void push(audio::ConstAudioView dry, audio::ConstAudioView wet) noexcept {
    // The reader takes from dry first, so there is room in dry whenever there is in wet.
    if (!push_one(wet_, wet)) {
      dropped_.store(dropped_.load(std::memory_order_relaxed) + static_cast<std::int64_t>(dry.frames()),
                     std::memory_order_release);
      return;
    }
    push_one(dry_, dry);
  }

  // Control thread: shows everything that waits to `take`, piece by piece, oldest first. Views hold until it
  // returns.
  template <class Take>
  void drain(Take&& take) {
    for (;;) {
      const std::size_t frames =
          std::min({dry_.size() / channels_, wet_.size() / channels_, dry_block_.frames()});
      if (frames == 0) return;
      const audio::AudioView dry = pop_one(dry_, dry_block_, frames), wet = pop_one(wet_, wet_block_, frames);
      take(TappedBlock{position_ + dropped_.load(std::memory_order_acquire), dry, wet});
      position_ += static_cast<std::int64_t>(frames);
    }
  }

  // Frames lost so far because nobody drained. Any thread.
  std::int64_t dropped_frames() const noexcept { return dropped_.load(std::memory_order_acquire); }

 private:
  static std::size_t capacity(const audio::StreamSpec& spec) {
    return static_cast<std::size_t>(kTapSeconds * spec.rate_hz) * static_cast<std::size_t>(spec.channels);
  }
  bool push_one(rt::SpscQueue<float>& queue, audio::ConstAudioView block) noexcept {
    const std::span<float> samples = std::span(pushed_).first(channels_ * block.frames());
    audio::interleave(block, samples);
    return queue.try_push_all(samples);
  }
  audio::AudioView pop_one(rt::SpscQueue<float>& queue, audio::AudioBuffer& block, std::size_t frames) {
    const std::span<float> samples = std::span(popped_).first(channels_ * frames);
    queue.pop_some(samples);
    const audio::AudioView view = block.view().slice(0, frames);
    audio::deinterleave(samples, view);
    return view;
  }

  std::size_t channels_;
  rt::SpscQueue<float> dry_, wet_;  // pushed by the audio thread, popped by the control thread
  std::vector<float> pushed_;       // the audio thread's
  std::vector<float> popped_;       // the control thread's
  audio::AudioBuffer dry_block_, wet_block_;
  std::int64_t position_ = 0;             // frames popped, the control thread's
  std::atomic<std::int64_t> dropped_{0};  // written by the audio thread
};

}  // namespace aapp::play
