// The third-octave grid of all spectra that people see and distances use: 1000 Hz * 2^(k/3), exact base-two
// centres from 25 Hz to 20 kHz (IEC 61260-1 allows base two and base ten; they differ by 0.3 % at the ends).
#pragma once

#include <array>
#include <cmath>

#include "analyze/measure/band_grid.h"

namespace aapp::measure {

inline constexpr int kThirdOctaveFirst = -16;  // 24.8 Hz
inline constexpr int kThirdOctaveLast = 13;    // 20.16 kHz
inline constexpr std::size_t kThirdOctaveCount = kThirdOctaveLast - kThirdOctaveFirst + 1;

// Distances look from 50 Hz to 16 kHz: what most microphones and codecs carry.
inline constexpr std::size_t kDistanceFirst = -13 - kThirdOctaveFirst;
inline constexpr std::size_t kDistanceCount = 26;

inline std::array<Band, kThirdOctaveCount> third_octave_bands() {
  std::array<Band, kThirdOctaveCount> bands;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const double octaves = (static_cast<int>(i) + kThirdOctaveFirst) / 3.0;
    const double centre_hz = 1000.0 * std::exp2(octaves);
    bands[i] = {centre_hz * std::exp2(-1.0 / 6.0), centre_hz, centre_hz * std::exp2(1.0 / 6.0)};
  }
  return bands;
}

}  // namespace aapp::measure
