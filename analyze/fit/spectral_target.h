// What an equaliser has to do to bring one averaged spectrum to another: a gain for each third-octave band,
// together with where in the band the source has its power, since a band's gain is that of its power and not
// the response at its centre.
//
// Third octaves are the smoothing: about what the ear tells apart in a steady sound, and wide enough that
// single notes, spectral holes and hum do not become filters. Bands count fully from 50 Hz to 16 kHz where
// both recordings have energy. Where the reference has none (a lossy or band-limited recording) the source is
// only asked to be well below it; where the source has none there is nothing to raise, and only a faint pull
// keeps filters from running wild.
#pragma once

#include <span>
#include <vector>

#include "analyze/fit/band_limits.h"
#include "analyze/fit/eq_fit.h"
#include "analyze/measure/ltas.h"

namespace aapp::fit {

struct SpectralTarget {
  EqTarget curve;                 // one point per band; its cells are the source's power
  std::vector<std::size_t> band;  // of each point: index into measure::third_octave_bands()
  std::vector<double> wanted_db;  // of each point: the level that the result should have
  double resolution_hz = 0.0;     // of the spectrum that the cells were taken from
  // Ends of what the reference holds, where the source goes on beyond them; 0: no such end.
  double reference_low_hz = 0.0;
  double reference_high_hz = 0.0;
};

struct SpectralTargetOptions {
  double amount = 1.0;  // part of the way to the reference
  Range frequency_hz = kBandFrequencyHz;
  double max_gain_db = kMostBandGainDb;
};

// Points may be none: nothing in common to compare.
SpectralTarget spectral_target(const measure::Ltas& source, const measure::Ltas& reference,
                               const SpectralTargetOptions& options);

// What each point that counts still lacks in a result, the mean of all taken out; 0 for the others.
std::vector<double> missing_db(const SpectralTarget& target, const measure::Ltas& result);

// After listening to a result: every point that counts asks for what the equaliser gave it plus this share of
// what its band still lacks, since a compressor took part and spectra leak between bands. What is left of the
// curve is then what the result is expected to lack, so asking again does not pile up what no band can give.
// `residual_db`: the equaliser's response less the curve, as EqProblem::residuals_db gives it. Other points
// stay.
void correct_target(SpectralTarget& target, std::span<const double> residual_db, const measure::Ltas& result,
                    double share);

}  // namespace aapp::fit
