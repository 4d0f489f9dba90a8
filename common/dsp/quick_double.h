// A double whose log, exp and sqrt a compiler can do for several values at once: no call, no branch, no
// table. What the formula headers, being templates, run on where every nanosecond counts. +, -, *, / and
// comparisons are a double's own.
//
// log errs by at most 2e-10 + 4e-16 |log x|, exp by at most 3e-9 of its value; in a level that is 2e-9 and
// 3e-8 dB. Their polynomials have the least largest error for their degree (Remez).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "common/dsp/mul_add.h"
#include "common/dsp/simd.h"

namespace aapp::dsp {

template <MulAdd kHow>
struct QuickDouble {
  double value = 0.0;

  constexpr QuickDouble() = default;
  constexpr QuickDouble(double v) : value(v) {}  // NOLINT: a number is one, as in any formula

  friend constexpr QuickDouble operator+(QuickDouble a, QuickDouble b) { return a.value + b.value; }
  friend constexpr QuickDouble operator-(QuickDouble a, QuickDouble b) { return a.value - b.value; }
  friend constexpr QuickDouble operator*(QuickDouble a, QuickDouble b) { return a.value * b.value; }
  friend constexpr QuickDouble operator/(QuickDouble a, QuickDouble b) { return a.value / b.value; }
  friend constexpr QuickDouble operator-(QuickDouble a) { return -a.value; }
  friend constexpr bool operator<(QuickDouble a, QuickDouble b) { return a.value < b.value; }
  friend constexpr bool operator>(QuickDouble a, QuickDouble b) { return a.value > b.value; }
  friend constexpr bool operator<=(QuickDouble a, QuickDouble b) { return a.value <= b.value; }
  friend constexpr bool operator>=(QuickDouble a, QuickDouble b) { return a.value >= b.value; }

  friend AAPP_KERNEL_INLINE QuickDouble larger(QuickDouble a, QuickDouble b) {
    return a.value > b.value ? a.value : b.value;
  }
  friend AAPP_KERNEL_INLINE QuickDouble smaller(QuickDouble a, QuickDouble b) {
    return a.value < b.value ? a.value : b.value;
  }

  // Normal positive numbers only. x = 2^e m with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh((m - 1) / (m +
  // 1)), an odd polynomial.
  friend AAPP_KERNEL_INLINE QuickDouble log(QuickDouble x) {
    constexpr std::uint64_t kOne = 0x3ff0000000000000;
    constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e667f3bcd;
    constexpr double kLn2 = 0.693147180559945309417;
    const auto bits = std::bit_cast<std::uint64_t>(x.value);
    const std::uint64_t biased_exponent = (bits + (kOne - kSqrtHalf)) >> 52;
    const double m = std::bit_cast<double>(bits - (biased_exponent << 52) + kOne);
    // An integer below 2^52 under the exponent of 2^52 is that integer plus 2^52.
    const double e =
        std::bit_cast<double>(biased_exponent | 0x4330000000000000) - (4503599627370496.0 + 1023.0);
    const double s = (m - 1.0) / (m + 1.0);
    const double t = s * s;
    const double series =
        polynomial<kHow>(t, 0.9999999968719138, 0.33333474225220355, 0.19982897471423458, 0.1505016388677591);
    return mul_add<kHow>(2.0 * s, series, e * kLn2);
  }

  // |x| < 700. x = n ln 2 + r with |r| <= ln(2) / 2; e^r by a polynomial. Adding 1.5 * 2^52 leaves n,
  // rounded, in the lowest bits.
  friend AAPP_KERNEL_INLINE QuickDouble exp(QuickDouble x) {
    constexpr double kShift = 6755399441055744.0;
    constexpr double kLog2E = 1.44269504088896340736;
    constexpr double kLn2 = 0.693147180559945309417;
    const double shifted = mul_add<kHow>(x.value, kLog2E, kShift);
    const double n = shifted - kShift;
    const double r = mul_add<kHow>(-n, kLn2, x.value);
    const double power = std::bit_cast<double>((std::bit_cast<std::uint64_t>(shifted) + 1023) << 52);
    const double series =
        polynomial<kHow>(r, 1.0, 1.0000000496401595, 0.5000000434371205, 0.16666365441792036,
                         0.04166477731855879, 0.008379011132274525, 0.0014061238740956674);
    return series * power;
  }

  friend QuickDouble sqrt(QuickDouble x) { return std::sqrt(x.value); }
};

}  // namespace aapp::dsp
