// Chains that differ from one in a single choice of their compressor.
#pragma once

#include <optional>

#include "analyze/fit/chain_moves.h"

namespace aapp::fit {

// The best of them on the search excerpt, each moved together with its equaliser, if it leaves less there
// than `now`: another detector, smoothing domain or ballistics, the other knee, other windows of a box.
// Requires both stages.
std::optional<FoundChain> better_neighbour(const ChainModel& now, const PairExcerpt& search,
                                           const PairedFitOptions& options);

// The same for links, this one's among them; none where the channels of the excerpt tell none apart.
std::optional<FoundChain> better_link(const ChainModel& now, const PairExcerpt& search,
                                      const PairedFitOptions& options);

}  // namespace aapp::fit
