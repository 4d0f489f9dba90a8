// Profiles and distances as people read them on a terminal: a few lines with units and a small picture of the
// spectrum.
#pragma once

#include <string>

#include "analyze/measure/profile_json.h"

namespace aapp::analyze {

std::string profile_text(const measure::TrackProfile& profile);

std::string comparison_text(const measure::Comparison& comparison);

// Third-octave levels as columns of blocks from 25 Hz to 20 kHz, the strongest at the top, 2 dB per eighth of
// a line.
std::string spectrum_picture(const measure::Spectrum& spectrum);

}  // namespace aapp::analyze
