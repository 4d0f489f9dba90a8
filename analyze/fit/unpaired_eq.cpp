#include "analyze/fit/unpaired_eq.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "analyze/fit/eq_solve.h"

namespace aapp::fit {

namespace {

// fit_eq itself looks for fewer bands with many chains.
constexpr int kManyBands = 7;
// Of a search afresh; the longer one where from nearby more than twice `kMuchLeftDb` is left.
constexpr int kStepsAfresh = 20;
constexpr int kStepsAfreshFar = 80;
constexpr double kLeastQ = 0.3;
// What bands may do: first what a sound engineer would; more, where that leaves more than `enough_db`, and at
// the end with a longer search. The options' limits hold besides. Bands of unlike recordings differ by tens
// of dB from one to the next: the restraint lets filters work harder than on a drawn curve.
struct Freedom {
  double gain_db, q, restraint, enough_db;
  int chains, steps;
};
constexpr Freedom kWidest{36.0, 12.0, 0.1, 0.6, 12, 40};
constexpr std::array kFreedoms{Freedom{18.0, 4.0, 0.1, 0.4, 12, 30}, Freedom{24.0, 6.0, 0.1, 0.4, 12, 40},
                               kWidest, Freedom{36.0, 12.0, 5e-4, 0.0, 24, 300}};
// A wider freedom is taken if it leaves no more than this share of the error.
constexpr double kWorthOfFreedom = 0.8;

EqFitOptions for_bands(EqFitOptions options, int bands) {
  options.bands = bands;
  if (bands < kManyBands) options.chains = EqFitOptions{}.chains;
  return options;
}

Bands bands_of(const EqFitResult& fitted) {
  return {fitted.eq.bands.begin(), fitted.eq.bands.end()};
}

EqFitOptions within(EqFitOptions options, const Freedom& freedom) {
  options.gain_db = {std::max(options.gain_db.low, -freedom.gain_db),
                     std::min(options.gain_db.high, freedom.gain_db)};
  options.q.high = std::max(options.q.low, std::min(options.q.high, freedom.q));
  options.restraint = freedom.restraint;
  options.chains = freedom.chains;
  options.search_steps = freedom.steps;
  return options;
}

bool same_limits(const EqFitOptions& a, const EqFitOptions& b) {
  return a.gain_db.high == b.gain_db.high && a.q.high == b.q.high;
}

bool same_search(const EqFitOptions& a, const EqFitOptions& b) {
  return same_limits(a, b) && a.chains == b.chains && a.search_steps == b.search_steps;
}

// All bands first: only where they leave little is it worth asking how few would do.
Result<EqFitResult> fit_within(const EqTarget& target, const EqFitOptions& options) {
  if (options.bands != kAutoBands) return fit_eq(target, for_bands(options, options.bands));
  const EqFitOptions counting = for_bands(options, kAutoBands);
  if (options.max_error_db > 0.0) return fit_eq(target, counting);
  EqFitOptions with_all = for_bands(options, options.max_bands);
  with_all.enough_rms_db = kMuchLeftDb;
  auto all = fit_eq(target, with_all);
  if (!all) return all;
  if (all->error.rms_db <= kMuchLeftDb) {
    auto fewer = fit_eq(target, counting);
    if (fewer && fewer->error.rms_db <= kMuchLeftDb) return fewer;
    with_all.enough_rms_db = 0.0;
    all = fit_eq(target, with_all);
    if (!all) return all;
  }
  all->band_count_reason = fmt::format("{} bands, the most allowed: fewer would leave more than {:g} dB RMS",
                                       options.max_bands, kMuchLeftDb);
  return all;
}

}  // namespace

EqFitOptions unpaired_eq_options(const FitOptions& options, const SpectralTarget& target, double rate_hz) {
  EqFitOptions eq;
  eq.bands = options.bands;
  eq.max_bands = options.max_bands;
  eq.max_error_db = options.max_error_db;
  eq.frequency_hz = options.frequency_hz;
  eq.gain_db = {-options.max_gain_db, options.max_gain_db};
  eq.q = {kLeastQ, options.max_q};
  eq.rate_hz = rate_hz;
  eq.resolution_hz = target.resolution_hz;
  eq.seed = options.seed;
  eq.threads = options.threads;
  if (target.reference_high_hz > 0.0) eq.shapes.low_pass = EqShapes::Use::if_useful;
  if (target.reference_low_hz > 0.0) eq.shapes.high_pass = EqShapes::Use::if_useful;
  return eq;
}

Result<UnpairedEq> fit_unpaired_eq(const EqTarget& target, const EqFitOptions& options) {
  UnpairedEq best;
  double least_db = std::numeric_limits<double>::infinity();
  for (const Freedom& freedom : kFreedoms) {
    EqFitOptions limited = within(options, freedom);
    if (!best.bands.empty() && same_search(limited, best.options)) break;
    limited.known = best.bands;
    auto fitted = fit_within(target, limited);
    if (!fitted) return tl::unexpected(fitted.error());
    const double worth = same_limits(limited, best.options) ? 1.0 : kWorthOfFreedom;
    if (fitted->error.rms_db < worth * least_db) {
      least_db = fitted->error.rms_db;
      best = {bands_of(*fitted), std::move(fitted->band_count_reason), limited};
    }
    if (least_db <= freedom.enough_db) break;
  }
  return best;
}

Result<UnpairedEq> soften_unpaired_eq(const EqTarget& target, const EqFitOptions& options, Bands stronger) {
  EqFitOptions limited = within(options, kWidest);
  limited.search_steps = kStepsAfresh;
  limited.known = std::move(stronger);
  return fit_within(target, limited).map([&](EqFitResult&& fitted) {
    return UnpairedEq{bands_of(fitted), std::move(fitted.band_count_reason), limited};
  });
}

UnpairedEq refit_unpaired_eq(const EqTarget& target, UnpairedEq eq, const EqFitOptions& most,
                             EqSearch search) {
  const EqProblem problem(target, eq.options);
  eq.bands = solve_eq(problem, eq.bands, {}).bands;
  double error_db = std::sqrt(problem.normal_with_offset(eq.bands).mean_square_db2);
  if (search == EqSearch::nearby || error_db <= kMuchLeftDb) return eq;
  const int steps = error_db > 2.0 * kMuchLeftDb ? kStepsAfreshFar : kStepsAfresh;
  std::pair searched{0.0, 0.0};
  for (const Freedom& freedom : kFreedoms) {
    EqFitOptions limited = within(most, freedom);
    if (limited.gain_db.high < eq.options.gain_db.high || limited.q.high < eq.options.q.high) continue;
    const std::pair limits{limited.gain_db.high, limited.q.high};
    if (limits == searched) continue;
    searched = limits;
    limited.search_steps = steps;
    limited.known = eq.bands;
    const double worth = same_limits(limited, eq.options) ? 1.0 : kWorthOfFreedom;
    const auto found = fit_eq(target, for_bands(limited, static_cast<int>(eq.bands.size())));
    if (found && found->error.rms_db < worth * error_db) {
      error_db = found->error.rms_db;
      eq.bands = bands_of(*found);
      eq.options = limited;
    }
    if (error_db <= freedom.enough_db) break;
  }
  return eq;
}

}  // namespace aapp::fit
