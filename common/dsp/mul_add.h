// a * b + c in the kernels, in one place, so that the choice of rounding is a kernel's and not the
// compiler's.
#pragma once

#include "common/dsp/simd.h"

namespace aapp::dsp {

enum class MulAdd {
  separate,  // rounds the product, then the sum
  fused,     // rounds once: one instruction where the instruction set has it, a slow call elsewhere
};

// What the baseline of this architecture has: every arm64 processor fuses, not every x86-64 one.
#if defined(__FP_FAST_FMA)
inline constexpr MulAdd kBaselineMulAdd = MulAdd::fused;
#else
inline constexpr MulAdd kBaselineMulAdd = MulAdd::separate;
#endif

// The fused operation; to be specialised for other types than double.
template <class T>
struct Fused {
  static AAPP_KERNEL_INLINE T mul_add(const T& a, const T& b, const T& c) { return __builtin_fma(a, b, c); }
};

template <MulAdd kHow, class T>
AAPP_KERNEL_INLINE T mul_add(const T& a, const T& b, const T& c) {
  if constexpr (kHow == MulAdd::fused) return Fused<T>::mul_add(a, b, c);
  return a * b + c;
}

// constant + x (next + x (...)), by Horner's rule.
template <MulAdd kHow, class... Rest>
AAPP_KERNEL_INLINE double polynomial(double x, double constant, Rest... rest) {
  if constexpr (sizeof...(rest) == 0) {
    return constant;
  } else {
    return mul_add<kHow>(x, polynomial<kHow>(x, rest...), constant);
  }
}

}  // namespace aapp::dsp
