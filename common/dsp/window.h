// Analysis windows: the tapers under which a stretch of sound is looked at. Periodic (DFT-even) form, the one
// that overlaps to a constant; not the symmetric form of filter design.
//
// Source: F. J. Harris, "On the Use of Windows for Harmonic Analysis with the Discrete Fourier Transform",
// Proc. IEEE 66(1), 1978.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "common/base/units.h"

namespace aapp::dsp {

enum class WindowShape {
  hann,  // sums to a constant at a hop of size/2 and its divisors; side lobes fall by 18 dB per octave
  blackman_harris,  // 4-term, side lobes below -92 dB: for looking beside a strong tone
};

// One weight per sample, 0 to 1. Allocates. size >= 1.
inline std::vector<double> make_window(WindowShape shape, std::size_t size) {
  constexpr std::array kHann{0.5, 0.5, 0.0, 0.0};
  constexpr std::array kBlackmanHarris{0.35875, 0.48829, 0.14128, 0.01168};
  const std::array<double, 4>& a = shape == WindowShape::hann ? kHann : kBlackmanHarris;
  std::vector<double> window(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double x = 2.0 * kPi * static_cast<double>(i) / static_cast<double>(size);
    window[i] = a[0] - a[1] * std::cos(x) + a[2] * std::cos(2.0 * x) - a[3] * std::cos(3.0 * x);
  }
  return window;
}

// Sum of w^2: |DFT|^2 divided by it (and by the rate) is a power density; white noise of variance 1 gives
// |DFT|^2 of this in the mean.
inline double window_power(std::span<const double> window) {
  double sum = 0.0;
  for (const double w : window) sum += w * w;
  return sum;
}

// Sum of w: half of it is |DFT| at the bin of a sine of amplitude 1.
inline double window_sum(std::span<const double> window) {
  double sum = 0.0;
  for (const double w : window) sum += w;
  return sum;
}

}  // namespace aapp::dsp
