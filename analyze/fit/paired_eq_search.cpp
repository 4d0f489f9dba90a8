// Bands for a transfer, from scratch or from those that are known (fit_paired_eq and improve_paired_eq of
// paired_eq.h).
#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>

#include "analyze/fit/band_bounds.h"
#include "analyze/fit/deep_cuts.h"
#include "analyze/fit/eq_seeds.h"
#include "analyze/fit/flat_band.h"
#include "analyze/fit/paired_eq.h"
#include "analyze/fit/parallel.h"

namespace aapp::fit {
namespace {

// How hard bands are looked for: in chains of so many steps each on the magnitude, then along one path or
// both.
struct Effort {
  int chains, steps;
  bool both_paths;
};
constexpr Effort kRough{2, 15, false}, kQuick{2, 15, true}, kThorough{4, 60, true};
// A band that moves the curve by less than this is not worth a place.
constexpr double kWorthlessDb = 0.02;
// Fewer bands may leave this many times as much.
constexpr double kNoWorse = 1.1;
// Mean squared whitened residual at which nothing but noise is left.
constexpr double kExplained = 1.5;
// How bands are counted up: how each number is tried; what share of the rest another band may leave to be
// worth a place; and to be the last, of the rest and in all; how many may be in vain, and whether more where
// much is left.
struct Counting {
  Effort effort;
  double worth_a_band;
  double last_leaves, last_cost;
  int in_vain;
  bool persist;
};
// Beside a compressor that is only roughly taken off, not all that is left is for bands to explain. A missing
// one shows in multiples there, and all are moved together with the compressor afterwards.
constexpr Counting kAlone{kThorough, 0.8, 0.0, 0.0, 2, true},
    kBesideCompressor{kQuick, 0.6, 0.1, 2.0, 2, true};
// Behind a gain that is only measured, much is left whatever the bands are.
constexpr Counting kBehindGain{kQuick, 0.8, 0.1, 2.0, 1, false};
// Where this much is left, another one may be in vain, and those after the first are looked for thoroughly:
// bands that are missing in several places are each worth little without the others.
constexpr double kFarOff = 10.0;

// Bands that are about right are soon there by their response. What is left unexplained may have been far
// off, where now the one path leads on and now the other.
PairedEq refine_both_ways(const Transfer& transfer, const PairedEq& start, const PairedFitOptions& options) {
  PairedEq by_response, added;
  std::atomic<bool> explained = false;
  parallel_for(2, [&](std::size_t way) {
    if (way == 0) {
      by_response = refine_paired_eq(transfer, start, StepPath::response, options);
      explained = by_response.cost <= kExplained;
    } else if (!explained) {
      added = refine_paired_eq(transfer, start, StepPath::coordinates, options);
    }
  });
  return explained || by_response.cost <= added.cost ? by_response : added;
}

// How bands are looked for on the magnitude alone.
EqFitOptions magnitude_options(const Transfer& transfer, const PairedFitOptions& options) {
  EqFitOptions eq;
  eq.max_bands = options.max_bands;
  eq.frequency_hz = band_range(transfer.rate_hz, options.frequency_hz);
  eq.gain_db = {-options.max_gain_db, options.max_gain_db};
  eq.q = {kLowestQ, options.max_q};
  eq.rate_hz = transfer.rate_hz;
  eq.shapes.low_pass = eq.shapes.high_pass = EqShapes::Use::if_useful;
  eq.restraint = 0.0;  // a true filter is looked for, not a gentle one
  eq.seed = options.seed;
  eq.threads = options.threads;
  return eq;
}

EqTarget magnitude(const Transfer& transfer, Range range_hz) {
  return transfer_target(transfer, {std::max(20.0, range_hz.low), range_hz.high});
}

// With passes in the place of bands that cut deep, as far as they leave less.
PairedEq with_passes(const Transfer& transfer, const PairedEq& fit, const PairedFitOptions& options) {
  const Range range = band_range(transfer.rate_hz, options.frequency_hz);
  const auto better = [&](const PairedEq& now) -> std::optional<PairedEq> {
    for (const effects::EqParams& eq :
         with_a_pass(now.eq, std::sqrt(range.low * range.high), transfer.rate_hz)) {
      PairedEq other = now;
      other.eq = eq;
      other = refine_both_ways(transfer, other, options);
      const bool fewer = other.eq.bands.size() < now.eq.bands.size();
      if (other.cost < (fewer ? kNoWorse : 1.0) * now.cost) return other;
    }
    return std::nullopt;
  };
  PairedEq best = fit;
  for (std::ptrdiff_t pass = 0; pass < 2 * kMostOfAPass; ++pass) {
    const std::optional<PairedEq> other = better(best);
    if (!other) break;
    best = *other;
  }
  return best;
}

// As many bands as asked for (or as the magnitude alone calls for), from scratch.
Result<PairedEq> fit_bands(const Transfer& transfer, int bands, const Effort& effort,
                           const PairedFitOptions& options) {
  EqFitOptions eq = magnitude_options(transfer, options);
  eq.bands = bands;
  eq.chains = effort.chains;
  eq.search_steps = effort.steps;
  const Result<EqFitResult> seeds = fit_eq(magnitude(transfer, eq.frequency_hz), eq);
  if (!seeds) return tl::unexpected(seeds.error());
  PairedEq start;
  start.eq = seeds->eq;
  start.gain_db = seeds->offset_db;
  return with_passes(transfer,
                     effort.both_paths ? refine_both_ways(transfer, start, options)
                                       : refine_paired_eq(transfer, start, StepPath::coordinates, options),
                     options);
}

// These bands and another one where the magnitude lacks most.
PairedEq with_one_more(const Transfer& transfer, const PairedEq& fit, const PairedFitOptions& options) {
  const EqFitOptions eq = magnitude_options(transfer, options);
  const EqProblem problem(magnitude(transfer, eq.frequency_hz), eq);
  const EqSeeds dictionary(problem);
  if (dictionary.empty()) return fit;
  Random unused(0);
  PairedEq more = fit;
  more.eq.bands.push_back(dictionary.next_band({fit.eq.bands.begin(), fit.eq.bands.end()}, 1, unused));
  return refine_both_ways(transfer, more, options);
}

// One band more, from scratch or beside those that are there: whichever leaves less.
Result<PairedEq> best_of_one_more(const Transfer& transfer, const PairedEq& fit, const Effort& effort,
                                  const PairedFitOptions& options) {
  Result<PairedEq> anew{PairedEq{}};
  PairedEq grown;
  parallel_for(2, [&](std::size_t way) {
    if (way == 0)
      anew = fit_bands(transfer, static_cast<int>(fit.eq.bands.size()) + 1, effort, options);
    else
      grown = with_one_more(transfer, fit, options);
  });
  return anew && grown.cost < anew->cost ? grown : anew;
}

PairedEq without_worthless(const Transfer& transfer, const PairedEq& fit, const PairedFitOptions& options) {
  PairedEq pruned = fit;
  pruned.eq.bands.clear();
  for (const effects::EqBand& band : fit.eq.bands) {
    if (!is_flat(band, kWorthlessDb)) pruned.eq.bands.push_back(band);
  }
  return pruned.eq.bands.size() < fit.eq.bands.size() ? refine_both_ways(transfer, pruned, options) : fit;
}

// Another number of bands, counted up while that is worth it and more than noise is left.
Result<PairedEq> with_more_bands(const Transfer& transfer, const PairedEq& start, const Counting& counting,
                                 const PairedFitOptions& options) {
  PairedEq fit = start;
  Result<PairedEq> other{start};
  int in_vain = 0;
  bool last = false;
  while (static_cast<int>(other->eq.bands.size()) < options.max_bands && fit.cost > kExplained && !last) {
    const bool far_off = counting.persist && fit.cost > kFarOff;
    other = best_of_one_more(transfer, *other, far_off && in_vain > 0 ? kThorough : counting.effort, options);
    if (!other) return other;
    if (other->cost < counting.worth_a_band * fit.cost) {
      last = other->cost < std::min(counting.last_cost, counting.last_leaves * fit.cost);
      fit = *other, in_vain = 0;
    } else {
      last = ++in_vain == counting.in_vain + (far_off ? 1 : 0);
    }
  }
  return fit;
}

// As few as explain the transfer as well.
Result<PairedEq> with_fewer_bands(const Transfer& transfer, const PairedEq& start,
                                  const PairedFitOptions& options) {
  PairedEq fit = start;
  for (auto count = static_cast<int>(fit.eq.bands.size()) - 1; count > 0; --count) {
    const Result<PairedEq> fewer = fit_bands(transfer, count, kQuick, options);
    if (!fewer) return fewer;
    if (fewer->cost > kExplained) break;
    fit = *fewer;
  }
  return fit;
}

}  // namespace

Result<PairedEq> fit_paired_eq(const Transfer& transfer, BandSearch search, const PairedFitOptions& options) {
  const bool count = search != BandSearch::quick;
  const Counting& counting = search == BandSearch::thorough ? kAlone : kBehindGain;
  Result<PairedEq> fit = fit_bands(transfer, options.bands, count ? counting.effort : kRough, options);
  if (!fit) return fit;
  // The phase tells of bands that the magnitude alone does not call for.
  if (options.bands == kAutoBands && count && !fit->eq.bands.empty())
    fit = with_more_bands(transfer, *fit, counting, options);
  if (!fit) return fit;
  return without_worthless(transfer, *fit, options);
}

Result<PairedEq> improve_paired_eq(const Transfer& transfer, const effects::EqParams& eq,
                                   const PairedFitOptions& options) {
  PairedEq known;
  known.eq = eq;
  const PairedEq moved = refine_both_ways(transfer, known, options);
  known.cost = moved.start_cost;
  // What all samples together said of these bands is more than a transfer can.
  if (known.cost <= kExplained) return without_worthless(transfer, known, options);
  if (moved.cost <= kExplained) return without_worthless(transfer, moved, options);
  const int count = options.bands == kAutoBands ? static_cast<int>(eq.bands.size()) : options.bands;
  Result<PairedEq> fit = fit_bands(transfer, count, kThorough, options);
  if (!fit) return fit;
  if (fit->cost > moved.cost) fit = moved;
  if (options.bands == kAutoBands)
    fit = fit->cost > kExplained ? with_more_bands(transfer, *fit, kBesideCompressor, options)
                                 : with_fewer_bands(transfer, *fit, options);
  if (!fit) return fit;
  return without_worthless(transfer, *fit, options);
}

}  // namespace aapp::fit
