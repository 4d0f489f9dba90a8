// Inputs that are dear to some effect, and cheap to make: noise, silence, denormals and steps, a few blocks
// of each in turn, so that silence comes after sound and the state fades into it.
#pragma once

#include <cstdint>

#include "common/audio/buffer.h"

namespace aapp::play {

class TestInput {
 public:
  // The stream's next block.
  void fill(audio::AudioView block) noexcept;

 private:
  std::uint32_t random_ = 1;
  std::uint32_t blocks_ = 0;
};

}  // namespace aapp::play
