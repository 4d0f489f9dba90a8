#include "play/admission/test_input.h"

namespace aapp::play {
namespace {

enum class Kind { noise, silence, denormals, steps };
constexpr std::uint32_t kKinds = 4;
constexpr std::uint32_t kBlocksOfAKind = 4;

float sample_of(Kind kind, float noise, std::size_t frame) noexcept {
  switch (kind) {
    case Kind::noise:
      return noise;
    case Kind::silence:
      return 0.0F;
    case Kind::denormals:
      return noise * 1e-38F;
    case Kind::steps:
      break;
  }
  return (frame / 32) % 2 == 0 ? 0.9F : -0.001F;
}

}  // namespace

void TestInput::fill(audio::AudioView block) noexcept {
  const auto kind = static_cast<Kind>(blocks_++ / kBlocksOfAKind % kKinds);
  for (int c = 0; c < block.channels(); ++c) {
    std::size_t frame = 0;
    for (float& sample : block.channel(c)) {
      random_ = random_ * 1664525U + 1013904223U;
      sample = sample_of(kind, static_cast<float>(static_cast<std::int32_t>(random_)) * 0x1.0p-32F, frame++);
    }
  }
}

}  // namespace aapp::play
