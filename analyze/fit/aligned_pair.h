// A region's recordings on one time line, in the parts that the fit looks at.
#pragma once

#include "analyze/fit/pair_region.h"

namespace aapp::fit {

// How many frames, at most one, the wet recording of an excerpt still runs behind the dry one: beside bands
// fitted with it, since no filter turns the phase in proportion to all frequencies.
Result<double> delay_beside_filter(const PairExcerpt& pair, const PairedFitOptions& options);

struct AlignedPair {
  PairSplit split;
  Alignment alignment;
};

// Errors (unreadable): recordings that do not belong together, whose clocks drift apart, or that share too
// little. Allocates a copy of the region's wet recording and the parts.
Result<AlignedPair> align_pair(const PairRegion& region, const PairedFitOptions& options);

}  // namespace aapp::fit
