// The main fader of the live engine: silence or full level, with a raised cosine between, so that starting,
// stopping and muting never click.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/audio/buffer.h"
#include "common/dsp/crossfade.h"

namespace aapp::play {

class Fader {
 public:
  // Starts silent. fade_frames > 0.
  explicit Fader(std::int64_t fade_frames) : fade_frames_(fade_frames) {}

  void open() { step_ = 1; }
  void close() { step_ = -1; }
  // Silent at once.
  void cut() { position_ = 0; }
  bool silent() const { return position_ == 0; }

  // In place. Real-time safe.
  void process(audio::AudioView block) noexcept {
    if (position_ == fade_frames_ && step_ > 0) return;
    for (std::size_t i = 0; i < block.frames(); ++i) {
      position_ = std::clamp<std::int64_t>(position_ + step_, 0, fade_frames_);
      const double part = static_cast<double>(position_) / static_cast<double>(fade_frames_);
      const auto gain = static_cast<float>(dsp::raised_cosine(part));
      for (int c = 0; c < block.channels(); ++c) block.channel(c)[i] *= gain;
    }
  }

 private:
  std::int64_t fade_frames_;
  std::int64_t position_ = 0;  // 0 silent, fade_frames_ open
  std::int64_t step_ = -1;     // a frame
};

}  // namespace aapp::play
