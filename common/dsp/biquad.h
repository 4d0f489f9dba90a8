// One biquad, sample by sample, in double: transposed direct form II. biquad_cascade.h does this for many
// sections and channels at once.
//
// The form is chosen for its noise: with double state a 20 Hz band of high Q at 192 kHz stays below the
// rounding of float output. Coefficients may change between samples; the state need not be touched.
#pragma once

#include "common/dsp/biquad_design.h"
#include "common/dsp/mul_add.h"

namespace aapp::dsp {

template <class T>
struct BiquadState {
  T s1{}, s2{};
};

// T: double, or a GCC vector of doubles: as many biquads as it has lanes.
template <MulAdd kHow = MulAdd::separate, class T>
AAPP_KERNEL_INLINE T biquad_step(const BiquadCoefficients<T>& k, BiquadState<T>& state, const T& x) {
  const T y = mul_add<kHow>(k.b0, x, state.s1);
  state.s1 = mul_add<kHow, T>(-k.a1, y, mul_add<kHow>(k.b1, x, state.s2));
  state.s2 = mul_add<kHow, T>(-k.a2, y, k.b2 * x);
  return y;
}

}  // namespace aapp::dsp
