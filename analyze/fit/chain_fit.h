// An equaliser and a compressor in a given order, fitted to a pair. The gain is told apart from the filter
// (gain_separation.h), which gives the equaliser to start from; with it taken off, the topologies race; the
// best of them are moved together with the equaliser (joint_fit.h). Then both are looked at afresh through
// what was found of the other, until nothing better turns up.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/pair_region.h"

namespace aapp::fit {

// The best chain of these kinds (those with both), from the filter that the separation left (`start`,
// first_equaliser.h); behind it those of other kinds, as they were when they were given up. Parameters are
// moved on the search excerpt; the fit excerpt shows the filter, and judges.
Result<std::vector<FoundChain>> search_chain(std::span<const ChainKind> kinds, const PairSplit& split,
                                             const effects::EqParams& start, const PairedFitOptions& options);

// The same model refined on the whole fit excerpt, where bands and topology may still change. other_error:
// what the best of the other chains leaves; one that stays far behind it is given up half-way.
Result<ChainModel> refine_chain(const ChainModel& model, const PairSplit& split,
                                const PairedFitOptions& options,
                                double other_error = std::numeric_limits<double>::infinity());

}  // namespace aapp::fit
