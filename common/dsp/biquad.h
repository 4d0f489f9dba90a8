// One biquad, sample by sample, in double: transposed direct form II. biquad_cascade.h does this for many
// sections and channels at once.
//
// The form is chosen for its noise: with double state a 20 Hz band of high Q at 192 kHz stays below the
// rounding of float output. Coefficients may change between samples; the state need not be touched.
#pragma once

#include <cmath>

#include "common/dsp/biquad_design.h"
#include "common/dsp/mul_add.h"

namespace aapp::dsp {

template <class T>
struct BiquadState {
  T s1{}, s2{};
};

// A section with its b0 taken out: y = x + b1 x' + ..., so that a step is one multiplication shorter. The b0
// of a whole row of sections are one factor on what goes in.
template <class T>
struct MonicBiquad {
  T b1{}, b2{}, a1{}, a2{};
};

// A b0 nearer to 0 than this, which only an all-pass can have, counts as this: an error of -180 dB.
inline constexpr double kLeastB0 = 1e-9;

inline double divisible_b0(double b0) {
  return std::abs(b0) < kLeastB0 ? std::copysign(kLeastB0, b0) : b0;
}

inline MonicBiquad<double> monic(const BiquadCoefficients<double>& k) {
  const double b0 = divisible_b0(k.b0);
  return {k.b1 / b0, k.b2 / b0, k.a1, k.a2};
}

// T: double, or a GCC vector of doubles: as many biquads as it has lanes.
template <MulAdd kHow = MulAdd::separate, class T>
AAPP_KERNEL_INLINE T biquad_step(const BiquadCoefficients<T>& k, BiquadState<T>& state, const T& x) {
  const T y = mul_add<kHow>(k.b0, x, state.s1);
  state.s1 = mul_add<kHow, T>(-k.a1, y, mul_add<kHow>(k.b1, x, state.s2));
  state.s2 = mul_add<kHow, T>(-k.a2, y, k.b2 * x);
  return y;
}
template <MulAdd kHow = MulAdd::separate, class T>
AAPP_KERNEL_INLINE T biquad_step(const MonicBiquad<T>& k, BiquadState<T>& state, const T& x) {
  const T y = x + state.s1;
  state.s1 = mul_add<kHow, T>(-k.a1, y, mul_add<kHow>(k.b1, x, state.s2));
  state.s2 = mul_add<kHow, T>(-k.a2, y, k.b2 * x);
  return y;
}

}  // namespace aapp::dsp
