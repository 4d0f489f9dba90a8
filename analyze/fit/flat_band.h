// Bands that change nothing, or next to nothing.
#pragma once

#include <cmath>

#include "common/effects/eq.h"

namespace aapp::fit {

// Whether a band's response stays within this of 0 dB. A pass has no such limit.
inline bool is_flat(const effects::EqBand& band, double within_db) {
  return dsp::has_gain(band.type) && std::abs(band.gain_db) <= within_db;
}

}  // namespace aapp::fit
