#include "analyze/fit/eq_fit.h"

#include <algorithm>
#include <cmath>

#include "analyze/fit/eq_band_count.h"
#include "analyze/fit/eq_check.h"
#include "analyze/fit/eq_search.h"
#include "analyze/fit/eq_shelves.h"
#include "analyze/fit/eq_target.h"
#include "analyze/fit/eq_uncertainty.h"

namespace aapp::fit {

namespace {

// The search looks at a thinned curve: what it looks for is broader than its steps. The answer is refined on
// all.
constexpr std::size_t kSearchPoints = 160;
constexpr EqSolveOptions kRefine{.max_iterations = 1000, .tolerance = 1e-11};
// Few bands have few but deep minima, far from each other, and cost little: more chains look for them.
constexpr int kFewBands = 6;
constexpr int kMoreChains = 3;
// Chains whose minima are refined on the whole curve before the best is taken.
constexpr std::size_t kRefined = 2;

// Points of less than this share of the largest weight only guide the fit; the largest error is not theirs.
constexpr double kCountsFromWeight = 0.2;

EqFitError error_of(const EqProblem& problem, const Bands& bands) {
  const std::vector<double> r = problem.residuals_db(bands);
  const double counts =
      kCountsFromWeight * *std::max_element(problem.weight().begin(), problem.weight().end());
  EqFitError error;
  for (std::size_t i = 0; i < r.size(); ++i) {
    error.rms_db += problem.weight()[i] * r[i] * r[i];
    if (problem.weight()[i] >= counts) error.max_db = std::max(error.max_db, std::abs(r[i]));
  }
  error.rms_db = std::sqrt(error.rms_db);
  return error;
}

// With a free level both kinds of shelf do the same: the natural one is taken. Not where that makes two of a
// kind.
void name_shelves(const EqProblem& problem, Bands& bands) {
  if (problem.options().offset == LevelOffset::fixed) return;
  const std::vector<double>& f = problem.frequency_hz();
  const double middle_hz = std::sqrt(f.front() * f.back());
  const auto natural = [middle_hz](const effects::EqBand& b) {
    return natural_shelf(b.frequency_hz, middle_hz);
  };
  std::vector<effects::EqBand*> shelves;
  for (effects::EqBand& band : bands) {
    if (is_shelf(band.type)) shelves.push_back(&band);
  }
  const EqShapes& shapes = problem.options().shapes;
  if (shapes.low_shelf == EqShapes::Use::never || shapes.high_shelf == EqShapes::Use::never) return;
  if (shelves.size() == 2 && natural(*shelves[0]) == natural(*shelves[1])) return;
  for (effects::EqBand* band : shelves) {
    const effects::EqBand turned = turned_shelf(*band);
    if (natural(*band) == turned.type && problem.clamp(turned) == turned) *band = turned;
  }
}

// One fit in progress: the whole problem, its thinned twin, and the counters.
class Fit {
 public:
  Fit(const EqTarget& target, const EqFitOptions& options)
      : options_(options),
        problem_(target, options),
        thinned_(thin(target, kSearchPoints), options),
        dictionary_(thinned_) {}

  // The best `count` bands found with `steps` per chain.
  Bands best_bands(int count, int steps, const std::vector<EqSolution>& seeds) {
    if (count == 0) return {};
    EqSearchResult found =
        search_eq(thinned_, dictionary_, static_cast<std::size_t>(count), seeds,
                  {.chains = options_.chains * (count <= kFewBands && steps > 0 ? kMoreChains : 1),
                   .steps = steps,
                   .rms_done = std::max(EqSearchOptions{}.rms_done,
                                        options_.bands == kAutoBands ? 0.0 : options_.enough_rms_db),
                   .seed = options_.seed,
                   .threads = options_.threads});
    starts_ += found.starts;
    iterations_ += found.iterations;
    EqSolution best;
    for (std::size_t k = 0; k < std::min(kRefined, found.best.size()); ++k) {
      const EqSolution refined = solve_eq(problem_, found.best[k].bands, kRefine);
      iterations_ += refined.iterations;
      if (refined.cost < best.cost) best = refined;
    }
    return best.bands;
  }

  std::vector<EqSolution> peel(int count) const {
    return dictionary_.peel(count, {.max_iterations = 20, .tolerance = 1e-3});
  }

  std::vector<EqSolution> seeds(int count) const {
    std::vector<EqSolution> seeds{peel(count).back()};
    if (options_.known.size() == static_cast<std::size_t>(count))
      seeds.push_back(solve_eq(thinned_, options_.known, kRefine));
    return seeds;
  }

  // Tries 0, 1, 2 ... bands.
  Bands best_count(EqFitResult& result) {
    const std::vector<EqSolution> seeds = peel(options_.max_bands);
    std::vector<Bands> best(1);
    std::vector<double> max_db{error_of(problem_, {}).max_db};
    result.rms_db_by_bands = {error_of(problem_, {}).rms_db};
    for (int n = 1; n <= options_.max_bands && !tried_enough(result.rms_db_by_bands, max_db); ++n) {
      best.push_back(best_bands(n, options_.search_steps / 4,
                                {seeds[static_cast<std::size_t>(n - 1)], one_more(best.back())}));
      const EqFitError error = error_of(problem_, best.back());
      result.rms_db_by_bands.push_back(error.rms_db);
      max_db.push_back(error.max_db);
    }
    const BandCount count = choose_band_count(result.rms_db_by_bands, max_db, options_.max_error_db);
    result.band_count_reason = count.reason;
    const Bands& chosen = best[static_cast<std::size_t>(count.bands)];
    const Bands searched =
        best_bands(count.bands, options_.search_steps, {solve_eq(thinned_, chosen, kRefine)});
    // A smaller RMS error may come with a larger peak: the limit that was asked for comes first.
    const bool breaks_limit =
        options_.max_error_db > 0.0 && error_of(problem_, searched).max_db >
                                           std::max(options_.max_error_db, error_of(problem_, chosen).max_db);
    return breaks_limit ? chosen : searched;
  }

  const EqProblem& problem() const { return problem_; }
  bool blind() const { return dictionary_.empty(); }
  int starts() const { return starts_; }
  int iterations() const { return iterations_; }

 private:
  bool tried_enough(const std::vector<double>& rms_db, const std::vector<double>& max_db) const {
    if (options_.max_error_db > 0.0) return max_db.back() <= options_.max_error_db;
    return rms_db.back() < kWorthOfBandDb || band_count_is_settled(rms_db);
  }

  EqSolution one_more(Bands bands) const {
    Random unused(0);
    bands.push_back(dictionary_.next_band(bands, 1, unused));
    return solve_eq(thinned_, bands, {.max_iterations = 50, .tolerance = 1e-4});
  }

  EqFitOptions options_;
  EqProblem problem_;
  EqProblem thinned_;
  EqSeeds dictionary_;
  int starts_ = 0;
  int iterations_ = 0;
};

}  // namespace

Result<EqFitResult> fit_eq(const EqTarget& target, const EqFitOptions& options) {
  if (const auto checked = check_eq_fit(target, options); !checked) return tl::unexpected(checked.error());
  EqFitResult result;
  Fit fit(target, options);
  Bands bands;
  if (fit.blind()) {
    result.band_count_reason = "no band: the curve is known at too few frequencies to tell any";
  } else if (options.bands == kAutoBands) {
    bands = fit.best_count(result);
  } else {
    result.band_count_reason = fmt::format("{} bands were asked for", options.bands);
    bands = fit.best_bands(options.bands, options.search_steps, fit.seeds(options.bands));
  }
  name_shelves(fit.problem(), bands);
  std::stable_sort(bands.begin(), bands.end(), [](const effects::EqBand& a, const effects::EqBand& b) {
    return a.frequency_hz < b.frequency_hz;
  });
  for (const effects::EqBand& band : bands) result.eq.bands.push_back(band);
  result.offset_db = fit.problem().offset_db(bands);
  result.error = error_of(fit.problem(), bands);
  result.flat_error = error_of(fit.problem(), {});
  result.uncertainty = eq_uncertainty(fit.problem(), bands);
  result.starts = fit.starts();
  result.iterations = fit.iterations();
  return result;
}

}  // namespace aapp::fit
