// Chains that differ from one in a single choice of their compressor.
#pragma once

#include "analyze/fit/chain_moves.h"

namespace aapp::fit {

// The best of them on the search excerpt, each moved together with its equaliser: another detector, smoothing
// domain or ballistics, the other knee, other windows of a box. Requires both stages. Whether it leaves less
// than `now` does is for the caller to see.
FoundChain best_neighbour(const ChainModel& now, const PairExcerpt& search, const PairedFitOptions& options);

// The same for links, this one's among them; `now` itself where the channels of the excerpt tell none apart.
FoundChain best_link_moved(const ChainModel& now, const PairExcerpt& search, const PairedFitOptions& options);

}  // namespace aapp::fit
