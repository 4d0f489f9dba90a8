// How near a plan's result comes to the reference: what plans are chosen by.
#pragma once

#include "analyze/measure/track_profile.h"

namespace aapp::fit {

// RMS difference of the third-octave spectra in dB; 0 where they have no band in common.
double ltas_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result);

// Wasserstein distance of the 50 ms levels in dB; 0 where either has none.
double level_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result);

// What the reference's averaged spectrum is unsure by, in dB RMS: half of what its own two halves differ by.
double spectrum_unsure_db(const measure::TrackProfile& reference);
// A spectrum nearer than this, in dB RMS, is near: what is left counts little, and it comes before levels.
// The less sure the reference's own is, the sooner one is.
double near_spectrum_db(const measure::TrackProfile& reference);
// How far off a spectrum may be, in dB RMS, for levels that are no worse than the source's. A reference whose
// own is unsure by less is steady.
inline constexpr double kMayGiveUpDb = 1.5;
// What a dB between the levels' distributions is worth beside a dB RMS between the spectra, where a plan wins
// one and loses the other.
inline constexpr double kLevelsWorth = 1.5;

// One figure for spectrum and levels, lower is nearer. A spectrum counts by how much farther it is from what
// the reference's might be on average, which lies as far off as that is unsure, in a direction that nobody
// knows: a tenth of a dB on the last half dB means little where two halves of the reference differ by
// several.
double distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result);

}  // namespace aapp::fit
