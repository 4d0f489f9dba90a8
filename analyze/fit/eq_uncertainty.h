// The uncertainty of a fitted equaliser: uncertainty.h applied to the bands and the level offset.
#pragma once

#include "analyze/fit/eq_problem.h"
#include "analyze/fit/uncertainty.h"

namespace aapp::fit {

// In the order of `bands`: frequency, gain (where the type has one) and Q of each, then "/offset_db" if it is
// free.
UncertaintyReport eq_uncertainty(const EqProblem& problem, const Bands& bands);

}  // namespace aapp::fit
