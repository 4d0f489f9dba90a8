// With a free level a low shelf is the same equaliser as a high shelf of the opposite gain:
// low(f, g, q) = g dB + high(f, -g, q), exactly, and the other way round (R. Bristow-Johnson, Audio EQ
// Cookbook: the two transfers mirror each other).
#pragma once

#include "common/effects/eq.h"

namespace aapp::fit {

bool is_shelf(dsp::BandType type);

// The kind of shelf that people expect at a frequency: a low one changes the lows. Its flat side is the one
// that is nearer to the middle of the range.
dsp::BandType natural_shelf(double frequency_hz, double middle_hz);

// A shelf as the other kind. Where that takes its place the level changes by the gain it had.
effects::EqBand turned_shelf(const effects::EqBand& shelf);

}  // namespace aapp::fit
