#include "analyze/fit/first_equaliser.h"

namespace aapp::fit {

Transfer first_transfer(const PairExcerpt& pair, const GainSeparation& separation) {
  Transfer filter = measure_transfer(pair.dry, without_gain(pair.wet, separation.gain_db), pair.rate_hz);
  raise_noise(filter, kGainSpread * separation.error);
  return filter;
}

Result<PairedEq> first_equaliser(const PairExcerpt& pair, const GainSeparation& separation,
                                 const PairedFitOptions& options) {
  return fit_paired_eq(first_transfer(pair, separation), BandSearch::quick, options);
}

}  // namespace aapp::fit
