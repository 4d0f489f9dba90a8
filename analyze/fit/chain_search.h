// The candidates for a pair: each kind of chain fitted to the fit excerpt and judged on the held-out one.
// With an equaliser beside a compressor neither is seen alone, so the two are fitted in turn, each through
// the other's current estimate, until the error stays where it is.
#pragma once

#include <vector>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/pair_region.h"
#include "analyze/fit/paired_eq.h"

namespace aapp::fit {

struct Candidate {
  ChainModel model;
  double fit_error = 0.0;       // energy of the difference over that of the wet recording
  double held_out_error = 0.0;  // the same where nothing was fitted
  PairedEq eq;                  // kinds with an equaliser: as last fitted
  ErrorModel error;             // kinds with a compressor: noise and relative error of the gain
  bool operator<(const Candidate& other) const { return held_out_error < other.held_out_error; }
};

// Energy of wet - model(dry) over that of wet, warm-up left out.
double model_error(const ChainModel& model, const PairExcerpt& excerpt);

Candidate fit_gain_only(const PairSplit& split, const PairedFitOptions& options);
Result<Candidate> fit_eq_only(const PairSplit& split, const PairedFitOptions& options);
Candidate fit_compressor_only(const PairSplit& split, const PairedFitOptions& options);
// `kind`: one of the two with both. `start`: the equaliser that the pair shows without a compressor.
Result<Candidate> fit_both(ChainKind kind, const PairSplit& split, const PairedEq& start,
                           const PairedFitOptions& options);

// All that the options allow and the pair calls for, and of those the simplest that is as good as the best.
Result<Candidate> find_chain(const PairSplit& split, const PairedFitOptions& options);

}  // namespace aapp::fit
