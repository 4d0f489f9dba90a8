// What a click leaves: the part of a signal above 8 kHz, where low tones have nothing.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "common/base/units.h"
#include "common/dsp/biquad_design.h"

namespace aapp::test {

// What is left above 8 kHz: an 8th-order Butterworth high-pass, in double.
inline std::vector<double> above_8khz(std::span<const float> samples, int rate_hz) {
  std::vector<double> signal(samples.begin(), samples.end());
  for (const double q : {0.50979558, 0.60134489, 0.89997622, 2.5629154}) {
    const auto k = dsp::design_biquad(dsp::BandType::high_pass, 8000.0, 0.0, q, rate_hz);
    double x1 = 0.0, x2 = 0.0, y1 = 0.0, y2 = 0.0;
    for (double& sample : signal) {
      const double y = k.b0 * sample + k.b1 * x1 + k.b2 * x2 - k.a1 * y1 - k.a2 * y2;
      x2 = std::exchange(x1, sample);
      y2 = std::exchange(y1, y);
      sample = y;
    }
  }
  return signal;
}

// In dB of full scale; -600 for silence.
inline double peak_db(std::span<const double> signal) {
  double peak = 1e-30;
  for (const double sample : signal) peak = std::max(peak, std::abs(sample));
  return gain_to_db(peak);
}

}  // namespace aapp::test
