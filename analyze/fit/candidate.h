// A chain that may be the one between two recordings, and what it leaves.
#pragma once

#include "analyze/fit/chain_error.h"
#include "analyze/fit/pair_region.h"
#include "analyze/fit/paired_eq.h"

namespace aapp::fit {

struct Candidate {
  ChainModel model;
  double error = 0.0;  // energy of the difference over that of the wet recording, held-out audio included
  PairedEq eq;         // kind eq: as fitted
};

// What a model leaves of the audio that it was fitted to, and of the rest.
struct Judgement {
  ModelError fitted, held_out;
  // Of both together: some dozens of parameters cannot adapt to a million samples, and held-out audio alone
  // may be where the compressor rests.
  double error() const {
    return ModelError{fitted.error + held_out.error, fitted.energy + held_out.energy}.ratio();
  }
};

Judgement judge(const ChainModel& model, const PairSplit& split);

}  // namespace aapp::fit
