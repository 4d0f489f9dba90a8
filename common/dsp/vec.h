// The kernels' vector: four doubles, whatever the instruction set makes of it.
#pragma once

#include <cstddef>

namespace aapp::dsp {

using Vec = double __attribute__((vector_size(32)));
inline constexpr std::size_t kLanes = 4;

}  // namespace aapp::dsp
