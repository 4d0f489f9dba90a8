// Three numbers that say what a spectrum looks like at a glance.
#pragma once

#include <optional>

#include "analyze/measure/ltas.h"

namespace aapp::measure {

struct SpectralShape {
  std::optional<double> centroid_hz;   // mean frequency, weighted by power
  std::optional<double> bandwidth_hz;  // above it no third-octave band reaches 60 dB under the strongest
  std::optional<double>
      tilt_db_per_oct;  // slope of the third-octave levels, 50 Hz to 16 kHz; pink noise has 0
  bool operator==(const SpectralShape&) const = default;
};

SpectralShape spectral_shape(const Spectrum& spectrum, double bin_hz);

}  // namespace aapp::measure
