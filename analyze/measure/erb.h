// The ERB grid: bands one equivalent rectangular bandwidth of the ear wide, so that each counts about the
// same to a listener. Source: Glasberg and Moore, "Derivation of auditory filter shapes from notched-noise
// data", Hearing Research 47, 1990: ERB number = 21.4 log10(1 + 0.00437 f).
#pragma once

#include <array>
#include <cmath>

#include "analyze/measure/band_grid.h"

namespace aapp::measure {

inline constexpr std::size_t kErbCount = 41;  // ERB numbers 1 to 41: 26 Hz to 18.6 kHz

inline constexpr double kErbsPerE = 9.293901912729588;  // 21.4 / ln(10)
inline constexpr double kErbPerHz = 0.00437;

inline double erb_number(double frequency_hz) {
  return kErbsPerE * std::log1p(kErbPerHz * frequency_hz);
}
inline double erb_number_to_hz(double number) {
  return std::expm1(number / kErbsPerE) / kErbPerHz;
}

inline std::array<Band, kErbCount> erb_bands() {
  std::array<Band, kErbCount> bands;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const double number = static_cast<double>(i) + 1.0;
    bands[i] = {erb_number_to_hz(number - 0.5), erb_number_to_hz(number), erb_number_to_hz(number + 0.5)};
  }
  return bands;
}

}  // namespace aapp::measure
