#include "analyze/fit/first_equaliser.h"

namespace aapp::fit {

Result<PairedEq> first_equaliser(const PairExcerpt& pair, const GainSeparation& separation,
                                 const PairedFitOptions& options) {
  Transfer filter = measure_transfer(pair.dry, without_gain(pair.wet, separation.gain_db), pair.rate_hz);
  raise_noise(filter, kGainSpread * separation.error);
  return fit_paired_eq(filter, BandSearch::quick, options);
}

}  // namespace aapp::fit
