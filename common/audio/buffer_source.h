// Samples in memory as a BlockSource. The buffer is its owner's and must outlive the source.
#pragma once

#include <algorithm>

#include "common/audio/block_source.h"

namespace aapp::audio {

class BufferSource final : public BlockSource {
 public:
  BufferSource(const AudioBuffer& buffer, int rate_hz) : buffer_(buffer), rate_hz_(rate_hz) {}
  int rate_hz() const override { return rate_hz_; }
  int channels() const override { return buffer_.channels(); }
  std::optional<std::int64_t> total_frames() const override {
    return static_cast<std::int64_t>(buffer_.frames());
  }
  Result<std::size_t> read(AudioView out) override {
    const std::size_t frames = std::min(out.frames(), buffer_.frames() - position_);
    for (int c = 0; c < out.channels(); ++c) {
      std::ranges::copy(buffer_.channel(c).subspan(position_, frames), out.channel(c).begin());
    }
    position_ += frames;
    return frames;
  }

 private:
  const AudioBuffer& buffer_;
  int rate_hz_;
  std::size_t position_ = 0;
};

}  // namespace aapp::audio
