// mul_add on vectors. For the kernels' own files only, where everything that takes vectors is inlined.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>  // declares the built-in functions of instruction sets beyond the baseline
#endif

#include "common/dsp/mul_add.h"
#include "common/dsp/vec.h"

namespace aapp::dsp {

// GCC makes one instruction of such a loop, but not everywhere.
template <>
struct Fused<Vec> {
  static AAPP_KERNEL_INLINE Vec mul_add(const Vec& a, const Vec& b, const Vec& c) {
#if defined(__x86_64__)
    return __builtin_ia32_vfmaddpd256(a, b, c);
#else
    Vec sum;
    for (std::size_t i = 0; i < kLanes; ++i) sum[i] = __builtin_fma(a[i], b[i], c[i]);
    return sum;
#endif
  }
};

}  // namespace aapp::dsp
