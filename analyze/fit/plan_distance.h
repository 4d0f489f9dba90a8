// How near a plan's result comes to the reference: what plans are chosen by.
#pragma once

#include "analyze/measure/track_profile.h"

namespace aapp::fit {

// RMS difference of the third-octave spectra in dB; 0 where they have no band in common.
double ltas_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result);

// Wasserstein distance of the 50 ms levels in dB; 0 where either has none.
double level_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result);

// One figure for spectrum and levels, lower is nearer.
double distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result);

}  // namespace aapp::fit
