// A region's recordings on one time line, in the parts that the fit looks at.
#pragma once

#include <optional>

#include "analyze/fit/delay_left.h"
#include "analyze/fit/first_equaliser.h"
#include "analyze/fit/pair_region.h"

namespace aapp::fit {

struct AlignedPair {
  PairSplit split;
  FirstLook look;  // at its fit excerpt
  Alignment alignment;
  // Where the filter has a phase that no bands have (excess_phase.h), the split is without it, and this is
  // what was recorded: the excerpts to fit to and to judge by, the others being empty.
  std::optional<WetRecordings> as_recorded;
};

// Errors (unreadable): recordings that do not belong together, whose clocks drift apart, or that share too
// little. Allocates a copy of the region's wet recording and the parts.
Result<AlignedPair> align_pair(const PairRegion& region, const PairedFitOptions& options);

}  // namespace aapp::fit
