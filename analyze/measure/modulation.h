// The modulation spectrum: how strongly the envelope swings at which speed (syllables near 4 Hz, beats near 2
// Hz). Amplitude envelope over control frames of about 5 ms, Welch spectrum, RMS per octave band relative to
// the mean envelope: a tone with amplitude modulation of depth m at a band's centre shows m / sqrt(2) there,
// at any level.
//
// Source: the modulation index of T. Houtgast and H. J. M. Steeneken, JASA 77(3), 1985, in octaves instead of
// thirds.
#pragma once

#include <array>
#include <vector>

#include "analyze/measure/welch.h"

namespace aapp::measure {

inline constexpr std::size_t kModulationCount = 7;
inline constexpr std::array<double, kModulationCount> kModulationCentresHz{0.5, 1.0,  2.0, 4.0,
                                                                           8.0, 16.0, 32.0};

struct ModulationBand {
  double depth = 0.0;     // RMS of the envelope's swing in the octave, relative to its mean
  bool in_range = false;  // the recording is long enough to tell
  bool operator==(const ModulationBand&) const = default;
};
using ModulationSpectrum = std::array<ModulationBand, kModulationCount>;

// Depth as a level, with a floor at -60 dB so that steady sounds compare equal.
double modulation_level_db(const ModulationBand& band);

class ModulationMeter {
 public:
  explicit ModulationMeter(double control_rate_hz);
  // One control frame: mean power of its samples.
  void push(double power);
  ModulationSpectrum finish();

 private:
  Welch welch_;
  double sum_ = 0.0;
  double count_ = 0.0;
};

}  // namespace aapp::measure
