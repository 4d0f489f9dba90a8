// A block as the plain pointers that the dsp layer takes, which knows nothing of AudioView. Lives on the
// stack.
#pragma once

#include <array>
#include <span>

#include "common/audio/buffer.h"

namespace aapp::effects {

class ChannelPointers {
 public:
  explicit ChannelPointers(audio::AudioView block) : count_(static_cast<std::size_t>(block.channels())) {
    for (std::size_t c = 0; c < count_; ++c) data_[c] = block.channel(static_cast<int>(c)).data();
  }
  std::size_t size() const { return count_; }
  float* operator[](std::size_t channel) const { return data_[channel]; }
  std::span<float* const> writable() const { return {data_.data(), count_}; }
  std::span<const float* const> readable() const { return {data_.data(), count_}; }

 private:
  std::array<float*, audio::kMaxChannels> data_;
  std::size_t count_;
};

}  // namespace aapp::effects
