#include "analyze/fit/unpaired_eq.h"

#include <fmt/format.h>

#include "analyze/fit/eq_solve.h"

namespace aapp::fit {

namespace {

// Of a search for more bands than fit_eq itself looks for with many chains.
constexpr int kManyBands = 7;
constexpr int kChainsForMany = 24;
constexpr int kStepsAfresh = 60;
// Bands of unlike recordings differ by tens of dB from one to the next: filters must be allowed to work
// harder than on a drawn curve.
constexpr double kRestraint = 0.03;
constexpr double kLeastQ = 0.3;

EqFitOptions thorough(EqFitOptions options, int bands) {
  options.bands = bands;
  if (bands >= kManyBands) options.chains = kChainsForMany;
  return options;
}

Bands bands_of(const EqFitResult& fitted) {
  return {fitted.eq.bands.begin(), fitted.eq.bands.end()};
}

UnpairedEq outcome(EqFitResult fitted) {
  return {.bands = bands_of(fitted), .band_count_reason = std::move(fitted.band_count_reason)};
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
  eq.restraint = kRestraint;
  eq.seed = options.seed;
  eq.threads = options.threads;
  if (target.reference_high_hz > 0.0) eq.shapes.low_pass = EqShapes::Use::if_useful;
  if (target.reference_low_hz > 0.0) eq.shapes.high_pass = EqShapes::Use::if_useful;
  return eq;
}

// All bands first: only where they leave little is it worth asking how few would do.
Result<UnpairedEq> fit_unpaired_eq(const EqTarget& target, const EqFitOptions& options) {
  if (options.bands != kAutoBands) return fit_eq(target, thorough(options, options.bands)).map(outcome);
  if (options.max_error_db > 0.0) return fit_eq(target, options).map(outcome);
  auto all = fit_eq(target, thorough(options, options.max_bands));
  if (!all) return tl::unexpected(all.error());
  if (all->error.rms_db <= kMuchLeftDb) {
    auto fewer = fit_eq(target, options);
    if (fewer && fewer->error.rms_db <= kMuchLeftDb) return outcome(std::move(*fewer));
  }
  all->band_count_reason = fmt::format("{} bands, the most allowed: fewer would leave more than {:g} dB RMS",
                                       options.max_bands, kMuchLeftDb);
  return outcome(std::move(*all));
}

Bands refit_unpaired_eq(const EqTarget& target, const EqFitOptions& options, const Bands& bands,
                        EqSearch search) {
  const EqProblem problem(target, options);
  EqSolution best = solve_eq(problem, bands, {});
  if (search == EqSearch::afresh) {
    EqFitOptions again = thorough(options, static_cast<int>(bands.size()));
    again.search_steps = kStepsAfresh;
    if (const auto found = fit_eq(target, again); found && problem.cost(bands_of(*found)) < best.cost)
      best.bands = bands_of(*found);
  }
  return best.bands;
}

}  // namespace aapp::fit
