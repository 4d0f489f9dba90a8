#include "analyze/fit/first_equaliser.h"

#include "analyze/fit/finer_gain.h"

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

Result<PairedEq> closer_equaliser(const PairExcerpt& pair, const GainSeparation& separation,
                                  const PairedEq& first, const PairedFitOptions& options) {
  std::vector<float> gain_db = separation.gain_db;
  Result<PairedEq> now = first;
  for (const BandSearch search : {BandSearch::quick, BandSearch::counted}) {
    gain_db = finer_gain_db(pair, gain_db, now->eq);
    Transfer filter = measure_transfer(pair.dry, without_gain(pair.wet, gain_db), pair.rate_hz);
    raise_noise(filter, kGainSpread * share_unexplained(filter));
    now = fit_paired_eq(filter, search, options);
    if (!now) return now;
  }
  return now;
}

}  // namespace aapp::fit
