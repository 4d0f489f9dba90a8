// Second-order filter design: from what a musician turns (type, frequency, gain, Q) to biquad coefficients.
// Pure and templated on the scalar: the effect runs it in double, the fit on derivatives, the plots through
// biquad_response.h.
//
// Source: Robert Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients". A
// shelf's frequency is its centre (half of the gain in dB), its q the cookbook's Q. Filters are normalised to
// a0 = 1.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "common/base/units.h"

namespace aapp::dsp {

enum class BandType { peak, low_shelf, high_shelf, low_pass, high_pass, band_pass, notch, all_pass };

inline constexpr std::array<std::string_view, 8> kBandTypeNames{
    "peak", "low_shelf", "high_shelf", "low_pass", "high_pass", "band_pass", "notch", "all_pass"};

// Whether gain_db means anything for this type.
constexpr bool has_gain(BandType type) {
  return type == BandType::peak || type == BandType::low_shelf || type == BandType::high_shelf;
}

// H(z) = (b0 + b1/z + b2/z^2) / (1 + a1/z + a2/z^2)
template <class T>
struct BiquadCoefficients {
  T b0{1.0}, b1{0.0}, b2{0.0}, a1{0.0}, a2{0.0};
  bool operator==(const BiquadCoefficients&) const = default;
};

// The highest frequency that a band can sit at: above it the bilinear transform has squeezed the filter to
// nothing. A band asked for above it (a preset made at a higher rate) is designed here.
inline constexpr double kMaxFrequencyOfRate = 0.49;

// f_hz > 0, q > 0, rate_hz > 0. gain_db is used by peak and shelves only. band_pass has 0 dB at its centre.
template <class T>
BiquadCoefficients<T> design_biquad(BandType type, T f_hz, T gain_db, T q, double rate_hz) {
  using std::cos;
  using std::exp;
  using std::sin;
  using std::sqrt;
  const T highest(kMaxFrequencyOfRate * rate_hz);
  const T w = (f_hz < highest ? f_hz : highest) * (2.0 * kPi / rate_hz);
  const T c = cos(w);
  const T alpha = sin(w) / (2.0 * q);
  const T one(1.0);

  T b0, b1, b2, a0, a1, a2;
  switch (type) {
    case BandType::low_shelf:
    case BandType::high_shelf: {
      const T a = db_to_gain(gain_db * 0.5);  // the cookbook's A = 10^(gain / 40)
      const T s = 2.0 * sqrt(a) * alpha;
      const T k = type == BandType::low_shelf ? c : T(-c);  // the two shelves mirror each other in cos w
      const double sign = type == BandType::low_shelf ? 1.0 : -1.0;
      b0 = a * ((a + 1.0) - (a - 1.0) * k + s);
      b1 = (2.0 * sign) * a * ((a - 1.0) - (a + 1.0) * k);
      b2 = a * ((a + 1.0) - (a - 1.0) * k - s);
      a0 = (a + 1.0) + (a - 1.0) * k + s;
      a1 = (-2.0 * sign) * ((a - 1.0) + (a + 1.0) * k);
      a2 = (a + 1.0) + (a - 1.0) * k - s;
      break;
    }
    case BandType::low_pass:
      b0 = (one - c) * 0.5, b1 = one - c, b2 = b0;
      a0 = one + alpha, a1 = -2.0 * c, a2 = one - alpha;
      break;
    case BandType::high_pass:
      b0 = (one + c) * 0.5, b1 = -(one + c), b2 = b0;
      a0 = one + alpha, a1 = -2.0 * c, a2 = one - alpha;
      break;
    case BandType::band_pass:
      b0 = alpha, b1 = T(0.0), b2 = -alpha;
      a0 = one + alpha, a1 = -2.0 * c, a2 = one - alpha;
      break;
    case BandType::notch:
      b0 = one, b1 = -2.0 * c, b2 = one;
      a0 = one + alpha, a1 = -2.0 * c, a2 = one - alpha;
      break;
    case BandType::all_pass:
      b0 = one - alpha, b1 = -2.0 * c, b2 = one + alpha;
      a0 = one + alpha, a1 = -2.0 * c, a2 = one - alpha;
      break;
    case BandType::peak:
    default: {
      const T a = db_to_gain(gain_db * 0.5);
      b0 = one + alpha * a, b1 = -2.0 * c, b2 = one - alpha * a;
      a0 = one + alpha / a, a1 = -2.0 * c, a2 = one - alpha / a;
      break;
    }
  }
  return {b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0};
}

}  // namespace aapp::dsp
