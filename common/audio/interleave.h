// Between planar audio and the interleaved order of files and devices (frame by frame, channel after
// channel). Pure copying, real-time safe; one and two channels have loops of their own that the compiler
// turns into vector code.
#pragma once

#include <algorithm>
#include <cassert>
#include <span>

#include "common/audio/buffer.h"

namespace aapp::audio {

// Requires interleaved.size() == block.channels() * block.frames().
inline void interleave(ConstAudioView block, std::span<float> interleaved) noexcept {
  const std::size_t frames = block.frames(), stride = static_cast<std::size_t>(block.channels());
  assert(interleaved.size() == frames * stride);
  if (stride == 2) {
    const float *left = block.channel(0).data(), *right = block.channel(1).data();
    float* out = interleaved.data();
    for (std::size_t i = 0; i < frames; ++i) {
      out[2 * i] = left[i];
      out[2 * i + 1] = right[i];
    }
    return;
  }
  for (std::size_t c = 0; c < stride; ++c) {
    const float* in = block.channel(static_cast<int>(c)).data();
    float* out = interleaved.data() + c;
    for (std::size_t i = 0; i < frames; ++i) out[i * stride] = in[i];
  }
}

// Requires interleaved.size() == block.channels() * block.frames().
inline void deinterleave(std::span<const float> interleaved, AudioView block) noexcept {
  const std::size_t frames = block.frames(), stride = static_cast<std::size_t>(block.channels());
  assert(interleaved.size() == frames * stride);
  if (stride == 2) {
    float *left = block.channel(0).data(), *right = block.channel(1).data();
    const float* in = interleaved.data();
    for (std::size_t i = 0; i < frames; ++i) {
      left[i] = in[2 * i];
      right[i] = in[2 * i + 1];
    }
    return;
  }
  for (std::size_t c = 0; c < stride; ++c) {
    const float* in = interleaved.data() + c;
    float* out = block.channel(static_cast<int>(c)).data();
    for (std::size_t i = 0; i < frames; ++i) out[i] = in[i * stride];
  }
}

}  // namespace aapp::audio
