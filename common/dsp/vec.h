// The kernels' vector: four doubles, whatever the instruction set makes of it.
#pragma once

#include <cstddef>

namespace aapp::dsp {

using Vec = double __attribute__((vector_size(32)));
inline constexpr std::size_t kLanes = 4;

// A vector in a container. (A template forgets the alignment of a vector that it is given.)
struct alignas(Vec) VecCell {
  Vec four{};
};

}  // namespace aapp::dsp
