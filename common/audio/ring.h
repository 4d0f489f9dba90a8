// A buffer that a stream goes round: frame p of the stream lies at p modulo the buffer's length, so the
// latest length() frames are there. No positions of its own and no threads: who uses it keeps both.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/audio/buffer.h"

namespace aapp::audio {

class Ring {
 public:
  // Allocates here and nowhere else; length_frames > 0.
  Ring(int channels, std::size_t length_frames) : buffer_(channels, length_frames) {}

  std::size_t length() const { return buffer_.frames(); }

  // The frames from `position` on. Requires block.frames() <= length() and the ring's channels.
  void write(std::int64_t position, ConstAudioView block) noexcept {
    const std::size_t start = index(position);
    const std::size_t first = std::min(block.frames(), length() - start);
    for (int c = 0; c < block.channels(); ++c) {
      const std::span<const float> samples = block.channel(c);
      const std::span<float> ring = buffer_.channel(c);
      std::ranges::copy(samples.first(first), ring.subspan(start).begin());
      std::ranges::copy(samples.subspan(first), ring.begin());
    }
  }

  // What lies at `position`: the frames that follow without going round, at most `most`.
  AudioView read(std::int64_t position, std::size_t most) noexcept {
    const std::size_t start = index(position);
    return buffer_.view().slice(start, std::min(most, length() - start));
  }

 private:
  std::size_t index(std::int64_t position) const { return static_cast<std::size_t>(position) % length(); }

  AudioBuffer buffer_;
};

}  // namespace aapp::audio
