// The candidates for a pair: each kind of chain fitted to the fit excerpt and judged on that and the held-out
// one.
#pragma once

#include "analyze/fit/candidate.h"
#include "analyze/fit/first_equaliser.h"

namespace aapp::fit {

// All that the options allow and the pair calls for, and of those the simplest that is as good as the best.
// `look`: at the fit excerpt.
Result<Candidate> find_chain(const PairSplit& split, const FirstLook& look, const PairedFitOptions& options);

// This one, unless a plain gain leaves less once the start of the recording counts, too. No fit is compared
// with it, since it may be cut from a longer take; but a chain that explains next to nothing may be far off
// there.
Candidate unless_a_gain_is_nearer(const Candidate& found, const PairSplit& split,
                                  const PairedFitOptions& options);

// One that was found on recordings nearly the same, fitted to these.
Result<Candidate> fit_again(const ChainModel& found, const PairSplit& split, const PairedFitOptions& options);

}  // namespace aapp::fit
