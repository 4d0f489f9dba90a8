// The phase of a filter that no minimum-phase filter of its magnitude has: a linear-phase equaliser's, say.
// Bands are minimum-phase. Fitted to such a filter they match neither its phase nor its magnitude; once that
// phase is taken off the wet recording they match all that is left.
//
// Method: a minimum-phase filter's phase follows from its log magnitude, by the folded cepstrum (Oppenheim
// and Schafer, Discrete-Time Signal Processing, "Complex cepstrum", minimum-phase sequences).
#pragma once

#include <vector>

#include "analyze/fit/transfer.h"
#include "common/audio/buffer.h"

namespace aapp::fit {

struct ExcessPhase {
  std::vector<double> radians;  // at even steps from 0 Hz to half the rate, both included
  double share = 0.0;           // of what the filter passes: the energy that the phase makes a difference of
};

// Of the frequencies that the recordings tell; between and beyond them it is interpolated.
ExcessPhase find_excess_phase(const Transfer& transfer);

// The same filter without it.
Transfer without_phase(const Transfer& transfer, const ExcessPhase& phase);

// Takes it off every channel of a recording: convolves with 0.2 s to either side. What lies beyond the ends
// counts as silence. Allocates some megabytes.
void take_off_phase(audio::AudioBuffer& wet, const ExcessPhase& phase);

}  // namespace aapp::fit
