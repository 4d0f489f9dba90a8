// Bands for a transfer, from scratch or from those that are known (fit_paired_eq and improve_paired_eq of
// paired_eq.h).
#include <algorithm>
#include <cmath>

#include "analyze/fit/paired_eq.h"

namespace aapp::fit {
namespace {

constexpr int kChains = 4, kSearchSteps = 60;
constexpr int kQuickChains = 2, kQuickSearchSteps = 15;
// A band that moves the curve by less than this is not worth a place.
constexpr double kWorthlessDb = 0.02;
// Mean squared whitened residual at which nothing but noise is left, and what another band has to leave of
// it.
constexpr double kExplained = 1.5, kWorthABand = 0.8;
// After so many that did not, no more are tried: what is left is no filter's.
constexpr int kBandsInVain = 2;

// As many bands as asked for (or as the magnitude alone calls for), from scratch.
Result<PairedEq> fit_bands(const Transfer& transfer, int bands, BandSearch search,
                           const PairedFitOptions& options) {
  const Range range = band_range(transfer.rate_hz, options.frequency_hz);
  const EqTarget target = transfer_target(transfer, {std::max(20.0, range.low), range.high});
  EqFitOptions eq;
  eq.bands = bands;
  eq.max_bands = options.max_bands;
  eq.frequency_hz = range;
  eq.gain_db = {-options.max_gain_db, options.max_gain_db};
  eq.q = {kLowestQ, options.max_q};
  eq.rate_hz = transfer.rate_hz;
  eq.restraint = 0.0;  // a true filter is looked for, not a gentle one
  eq.chains = search == BandSearch::thorough ? kChains : kQuickChains;
  eq.search_steps = search == BandSearch::thorough ? kSearchSteps : kQuickSearchSteps;
  eq.seed = options.seed;
  eq.threads = options.threads;
  const Result<EqFitResult> seeds = fit_eq(target, eq);
  if (!seeds) return tl::unexpected(seeds.error());
  PairedEq start;
  start.eq = seeds->eq;
  start.gain_db = seeds->offset_db;
  return refine_paired_eq(transfer, start, options);
}

PairedEq without_worthless(const Transfer& transfer, const PairedEq& fit, const PairedFitOptions& options) {
  PairedEq pruned = fit;
  pruned.eq.bands.clear();
  for (const effects::EqBand& band : fit.eq.bands) {
    if (std::abs(band.gain_db) > kWorthlessDb) pruned.eq.bands.push_back(band);
  }
  return pruned.eq.bands.size() < fit.eq.bands.size() ? refine_paired_eq(transfer, pruned, options) : fit;
}

// Another number of bands, counted up while that is worth it and more than noise is left.
Result<PairedEq> with_more_bands(const Transfer& transfer, const PairedEq& start,
                                 const PairedFitOptions& options) {
  PairedEq fit = start;
  const auto found = static_cast<int>(fit.eq.bands.size());
  int in_vain = 0;
  for (int more = 1; found + more <= options.max_bands && fit.cost > kExplained; ++more) {
    const Result<PairedEq> other = fit_bands(transfer, found + more, BandSearch::thorough, options);
    if (!other) return other;
    if (other->cost < kWorthABand * fit.cost) {
      fit = *other, in_vain = 0;
    } else if (++in_vain == kBandsInVain) {
      break;
    }
  }
  return fit;
}

// As few as explain the transfer as well.
Result<PairedEq> with_fewer_bands(const Transfer& transfer, const PairedEq& start,
                                  const PairedFitOptions& options) {
  PairedEq fit = start;
  for (auto count = static_cast<int>(fit.eq.bands.size()) - 1; count > 0; --count) {
    const Result<PairedEq> fewer = fit_bands(transfer, count, BandSearch::quick, options);
    if (!fewer) return fewer;
    if (fewer->cost > kExplained) break;
    fit = *fewer;
  }
  return fit;
}

}  // namespace

Result<PairedEq> fit_paired_eq(const Transfer& transfer, BandSearch search, const PairedFitOptions& options) {
  Result<PairedEq> fit = fit_bands(transfer, options.bands, search, options);
  if (!fit) return fit;
  // The phase tells of bands that the magnitude alone does not call for.
  if (options.bands == kAutoBands && search == BandSearch::thorough && !fit->eq.bands.empty())
    fit = with_more_bands(transfer, *fit, options);
  if (!fit) return fit;
  return without_worthless(transfer, *fit, options);
}

Result<PairedEq> improve_paired_eq(const Transfer& transfer, const effects::EqParams& eq,
                                   const PairedFitOptions& options) {
  PairedEq known;
  known.eq = eq;
  const PairedEq moved = refine_paired_eq(transfer, known, options);
  if (moved.cost <= kExplained) return without_worthless(transfer, moved, options);
  const int count = options.bands == kAutoBands ? static_cast<int>(eq.bands.size()) : options.bands;
  Result<PairedEq> fit = fit_bands(transfer, count, BandSearch::thorough, options);
  if (!fit) return fit;
  if (fit->cost > moved.cost) fit = moved;
  if (options.bands == kAutoBands)
    fit = fit->cost > kExplained ? with_more_bands(transfer, *fit, options)
                                 : with_fewer_bands(transfer, *fit, options);
  if (!fit) return fit;
  return without_worthless(transfer, *fit, options);
}

}  // namespace aapp::fit
