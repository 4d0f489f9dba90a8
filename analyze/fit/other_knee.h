// The other way in which a knee can be read: where levels reach only its lower half, a wide knee and a
// line without one give nearly the same gains, and each is a minimum of its own.
#pragma once

#include "analyze/fit/compressor_sensitivity.h"

namespace aapp::fit {

// A point without much of a knee, with a wide one: so far above the threshold, gain and slope stay; beyond,
// the line is steeper.
CompressorPoint with_wide_knee(const CompressorPoint& point);

// The other way round: next to no knee, and the line that touches the knee's curve so far above its own
// threshold. Requires a knee.
CompressorPoint with_line_through_knee(const CompressorPoint& point);

// The line where the knee is wide, otherwise the wide knee.
CompressorPoint with_other_knee(const CompressorPoint& point);

}  // namespace aapp::fit
