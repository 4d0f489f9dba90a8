// The filter between two recordings before any compressor is known: its bands once a gain that moves freely
// is taken off (gain_separation.h). What a chain's search sets out from.
#pragma once

#include <optional>

#include "analyze/fit/gain_separation.h"
#include "analyze/fit/paired_eq.h"

namespace aapp::fit {

// Share of the unexplained energy that a compressor only roughly taken off leaves at each frequency.
inline constexpr double kGainSpread = 3e-5;

// That filter as the pair shows it.
Transfer first_transfer(const PairExcerpt& pair, const GainSeparation& separation);

Result<PairedEq> first_equaliser(const PairExcerpt& pair, const GainSeparation& separation,
                                 const PairedFitOptions& options);

// What is known of a pair before any compressor is.
struct FirstLook {
  GainSeparation separation;
  std::optional<PairedEq> equaliser;  // if it was looked for
};

// The same filter seen more closely: behind those bands the gain is measured finer (finer_gain.h), which
// shows bands that half cancel each other.
Result<PairedEq> closer_equaliser(const PairExcerpt& pair, const GainSeparation& separation,
                                  const PairedEq& first, const PairedFitOptions& options);

}  // namespace aapp::fit
