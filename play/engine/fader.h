// The main fader of the live engine: silence or full level, with a raised cosine between, so that starting,
// stopping and muting never click.
#pragma once

#include "common/audio/buffer.h"
#include "common/dsp/crossfade.h"
#include "common/dsp/smoother.h"

namespace aapp::play {

class Fader {
 public:
  // Starts silent. fade_frames > 0.
  explicit Fader(std::int64_t fade_frames) { position_.set_glide_frames(fade_frames); }

  void open() { position_.set_target(1.0); }
  void close() { position_.set_target(0.0); }
  // Silent at once.
  void cut() { position_.snap(0.0); }
  bool silent() const { return !position_.gliding() && position_.value() == 0.0; }

  // In place. Real-time safe.
  void process(audio::AudioView block) noexcept {
    if (!position_.gliding() && position_.value() == 1.0) return;
    const dsp::Smoother start = position_;
    for (int c = 0; c < block.channels(); ++c) {
      position_ = start;
      for (float& sample : block.channel(c)) {
        sample = static_cast<float>(sample * dsp::raised_cosine(position_.next()));
      }
    }
  }

 private:
  dsp::Smoother position_;  // 0 silent, 1 open
};

}  // namespace aapp::play
