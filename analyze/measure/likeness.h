// What kind of sound a recording is: which of the built-in source profiles it is most like. A guess for
// choosing a starting point, not a verdict: docs/measures.md tells how often it is right.
//
// A recording is summed up in a fingerprint of numbers that do not change with its level; linear discriminant
// analysis (R. A. Fisher 1936) of the recordings behind the profiles gives the directions in which the kinds
// differ most, in units in which recordings of one kind scatter by 1. The nearest kind's centre wins.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "analyze/measure/track_profile.h"

namespace aapp::measure {

inline constexpr std::size_t kFingerprintCount = 29;

// 9 octave levels from 63 Hz to 16 kHz relative to the whole, 7 modulation levels, 5 quantiles of relative 50
// ms levels, and how rises compare with falls: their share, their mean steepness each, the share of steady
// sound and of sharp attacks; all in dB. Zeros for silence.
using Fingerprint = std::array<double, kFingerprintCount>;
Fingerprint fingerprint(const TrackProfile& profile);

struct Likeness {
  std::string_view profile;  // a name of source_profiles.h
  double distance = 0.0;     // 0: dead centre; about 2 is usual for recordings of the kind
};

// All kinds, the nearest first. Empty for a recording that is silent or too short for a spectrum.
std::vector<Likeness> likeness(const TrackProfile& profile);

}  // namespace aapp::measure
