// The mean of all channels, for who listens to a stream as one signal.
#pragma once

#include <span>

#include "common/audio/buffer.h"

namespace aapp::audio {

// Requires mono.size() == block.frames() and at least one channel. Real-time safe.
inline void mean_of_channels(ConstAudioView block, std::span<double> mono) noexcept {
  std::ranges::fill(mono, 0.0);
  for (int c = 0; c < block.channels(); ++c) {
    const std::span<const float> samples = block.channel(c);
    for (std::size_t i = 0; i < mono.size(); ++i) mono[i] += samples[i];
  }
  if (block.channels() == 1) return;
  const double part = 1.0 / block.channels();
  for (double& sample : mono) sample *= part;
}

}  // namespace aapp::audio
