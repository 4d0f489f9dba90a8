#include "analyze/fit/unpaired_draft.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/fit/dynamics_match.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/plan_distance.h"
#include "analyze/fit/plan_step.h"

namespace aapp::fit {

namespace {

constexpr int kCorrections = 12;
// A correction that leaves more than this share of the distance has not helped.
constexpr double kWorthOfPass = 0.97;
constexpr double kLeastShare = 0.2;
// Nearer than this nobody hears a difference, nor do two halves of one recording agree.
constexpr double kNearDb = 0.1;
constexpr double kLevelToleranceDb = 0.005;

}  // namespace

Drafter::Drafter(const FitSource& source, const measure::TrackProfile& reference, const FitOptions& options)
    : source_(source),
      reference_(reference),
      options_(options),
      first_target_(spectral_target(source.excerpt_profile.ltas, reference.ltas,
                                    {.amount = options.amount,
                                     .frequency_hz = options.frequency_hz,
                                     .max_gain_db = options.max_gain_db})),
      dynamics_goal_(blend(dynamics_of(source.excerpt_profile.envelope), dynamics_of(reference.envelope),
                           options.amount)),
      level_goal_(source.profile, reference, options.aspects.level ? options.amount : 0.0) {}

Result<Drafts> Drafter::make(ChainOrder order, FittedFirst first) {
  Draft draft;
  draft.plan.order = order;
  draft.target = first_target_;
  draft.eq_most = unpaired_eq_options(options_, first_target_, source_.profile.rate_hz);
  draft.eq_options = draft.eq_most;
  set_input_gain(draft);
  const auto equaliser = [&]() -> Result<void> {
    if (!options_.aspects.eq || draft.target.curve.frequency_hz.size() < 3) return {};
    return first_equaliser(draft);
  };
  const auto compressor = [&]() -> Result<void> {
    if (!options_.aspects.dynamics) return {};
    return fit_dynamics(draft, CompressorSearch::anew);
  };
  Result<void> done = first == FittedFirst::equaliser ? equaliser() : compressor();
  if (done && first == FittedFirst::compressor && !draft.plan.compressor) return Drafts{};
  if (done) done = first == FittedFirst::equaliser ? compressor() : equaliser();
  return done.and_then([&] { return corrected(std::move(draft)); });
}

Result<Drafts> Drafter::with_dynamics_again(Draft draft, CompressorSearch search) const {
  return fit_dynamics(draft, search).and_then([&] { return corrected(std::move(draft)); });
}

Result<Drafts> Drafter::with_compressor(Draft draft,
                                        std::optional<effects::CompressorParams> compressor) const {
  draft.plan.compressor = compressor;
  return corrected(std::move(draft));
}

Result<Drafts> Drafter::with_gentler_bands(Draft draft, const BandLimits& limits) const {
  EqFitOptions& eq = draft.eq_most;
  eq = draft.eq_options;
  eq.gain_db = {-limits.gain_db, limits.gain_db};
  eq.q.high = limits.q;
  // How many was decided when they were free; deciding it again would take most of the time.
  eq.bands = static_cast<int>(draft.plan.bands.size());
  draft.target = first_target_;
  auto fitted = soften_unpaired_eq(draft.target.curve, draft.eq_most, draft.plan.bands);
  if (!fitted) return tl::unexpected(fitted.error());
  fitted->band_count_reason = std::move(draft.band_count_remark);
  take_equaliser(draft, *std::move(fitted));
  Result<void> done{};
  if (options_.aspects.dynamics) done = fit_dynamics(draft, CompressorSearch::anew);
  return done.and_then([&] { return corrected(std::move(draft)); });
}

Result<Drafts> Drafter::stepped(const Draft& draft) const {
  const PlanGoal goal{.spectrum = draft.target, .dynamics = dynamics_goal_, .levels_worth = kLevelsWorth};
  auto plans = steps_from(draft.plan, draft.result, goal, draft.eq_options,
                          [&](std::span<const FitPlan> moved) { return played(moved); });
  if (!plans) return tl::unexpected(plans.error());
  return played(*plans).map([&](std::vector<measure::TrackProfile>&& results) {
    Drafts drafts(plans->size(), draft);
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      drafts[i].plan = std::move((*plans)[i]);
      drafts[i].result = std::move(results[i]);
    }
    return drafts;
  });
}

// Side by side, in their order.
Result<std::vector<measure::TrackProfile>> Drafter::played(std::span<const FitPlan> plans) const {
  std::vector<Result<measure::TrackProfile>> results(plans.size());
  parallel_for(plans.size(), options_.threads,
               [&](std::size_t i) { results[i] = source_.play(plans[i].preset()); });
  std::vector<measure::TrackProfile> profiles;
  for (Result<measure::TrackProfile>& result : results) {
    if (!result) return tl::unexpected(result.error());
    profiles.push_back(*std::move(result));
  }
  return profiles;
}

// Whatever the order of the chain, the target is the same at first.
Result<void> Drafter::first_equaliser(Draft& draft) {
  if (!first_eq_) {
    auto fitted = fit_unpaired_eq(draft.target.curve, draft.eq_most);
    if (!fitted) return tl::unexpected(fitted.error());
    first_eq_ = *std::move(fitted);
  }
  take_equaliser(draft, *first_eq_);
  return {};
}

void Drafter::take_equaliser(Draft& draft, UnpairedEq eq) const {
  draft.plan.bands = std::move(eq.bands);
  draft.band_count_remark = std::move(eq.band_count_reason);
  draft.eq_options = eq.options;
  set_input_gain(draft);
}

// What brings the compressor's input to the reference's level. Behind the equaliser that includes what the
// equaliser itself does to the level.
void Drafter::set_input_gain(Draft& draft) const {
  draft.plan.input_gain_db = draft.plan.order == ChainOrder::eq_first && !draft.plan.bands.empty()
                                 ? EqProblem(draft.target.curve, draft.eq_options).offset_db(draft.plan.bands)
                                 : level_goal_.missing_db(source_.profile);
}

// The level that the compressor hears, and the power that its gain acts on: of one signal, or, with the
// equaliser behind it, of two.
Result<LevelSeries> Drafter::compressor_input(const FitPlan& plan) const {
  auto heard = source_.levels(plan.preset_before_compressor());
  if (!heard || plan.order == ChainOrder::eq_first || plan.bands.empty()) return heard;
  FitPlan uncompressed = plan;
  uncompressed.compressor.reset();
  return source_.levels(uncompressed.preset()).map([&](LevelSeries&& equalised) {
    heard->power = std::move(equalised.power);
    return *std::move(heard);
  });
}

Result<void> Drafter::fit_dynamics(Draft& draft, CompressorSearch search) const {
  const auto series = compressor_input(draft.plan);
  if (!series) return tl::unexpected(series.error());
  DynamicsOptions options{.threads = options_.threads};
  if (search == CompressorSearch::nearby) options.start = draft.plan.compressor;
  DynamicsMatch match = match_dynamics(*series, dynamics_goal_, options);
  draft.plan.compressor = match.compressor;
  draft.dynamics_remark = std::move(match.remark);
  return {};
}

// The equaliser again, for what came out of the whole chain.
void Drafter::refine_equaliser(Draft& draft, const measure::Ltas& played, double share,
                               EqSearch search) const {
  const EqProblem problem(draft.target.curve, draft.eq_options);
  correct_target(draft.target, problem.residuals_db(draft.plan.bands), played, share);
  UnpairedEq eq =
      refit_unpaired_eq(draft.target.curve, {draft.plan.bands, {}, draft.eq_options}, draft.eq_most, search);
  draft.plan.bands = std::move(eq.bands);
  draft.eq_options = eq.options;
  set_input_gain(draft);
}

// Play, measure, correct the equaliser, for as long as it helps. A correction that made it worse is taken
// back and tried again at half its size. Each correction follows the spectrum only.
Result<Drafts> Drafter::corrected(Draft draft) const {
  Drafts played;
  std::size_t best = 0;
  double best_db = std::numeric_limits<double>::infinity();
  double share = 1.0;
  for (int pass = 0;; ++pass) {
    auto result = source_.play(draft.plan.preset());
    if (!result) return tl::unexpected(result.error());
    draft.result = *std::move(result);
    const double distance_db = ltas_distance_of(reference_, draft.result);
    if (distance_db >= kWorthOfPass * best_db) share *= 0.5;
    played.push_back(std::move(draft));
    if (distance_db < best_db) {
      best_db = distance_db;
      best = played.size() - 1;
    }
    draft = played[best];
    if (draft.plan.bands.empty() || pass == kCorrections || share < kLeastShare || best_db < kNearDb)
      return with_nearer_levels(std::move(played), best);
    // Searched afresh once at most: what is corrected later belongs to the bands that it was heard from.
    refine_equaliser(draft, draft.result.ltas, share, pass == 0 ? EqSearch::afresh : EqSearch::nearby);
  }
}

// The best one, then those of the others whose levels are nearer.
Drafts Drafter::with_nearer_levels(Drafts played, std::size_t best) const {
  std::swap(played.front(), played[best]);
  const double levels_db = level_distance_of(reference_, played.front().result);
  const auto farther = [&](const Draft& draft) {
    return level_distance_of(reference_, draft.result) >= levels_db;
  };
  played.erase(std::remove_if(played.begin() + 1, played.end(), farther), played.end());
  return played;
}

Result<Draft> Drafter::played_whole(Draft draft) const {
  return source_.play_whole(draft.plan.preset()).map([&](measure::TrackProfile&& played) {
    draft.result = std::move(played);
    return std::move(draft);
  });
}

// All of the source, played: a compressor may do to it what it does not do to its excerpt.
Result<Draft> Drafter::corrected_on_whole(Draft draft) const {
  const double expected_db = ltas_distance_of(reference_, draft.result);
  auto whole = played_whole(std::move(draft));
  if (!whole || whole->plan.bands.empty() || source_.excerpt_is_whole()) return whole;
  const auto distance_db = [&](const Draft& played) {
    return ltas_distance_of(reference_, as_excerpt(source_, played.result));
  };
  if (distance_db(*whole) < expected_db + kNearDb) return whole;
  Draft next = *whole;
  refine_equaliser(next, as_excerpt(source_, next.result).ltas, 1.0, EqSearch::nearby);
  return played_whole(std::move(next)).map([&](Draft&& corrected) {
    return distance_db(corrected) < distance_db(*whole) ? std::move(corrected) : *std::move(whole);
  });
}

// What is missing in loudness comes at the very end of the chain and changes nothing else.
Result<Draft> Drafter::finished(Draft draft) const {
  constexpr int kMostTrims = 3;
  auto done = corrected_on_whole(std::move(draft));
  for (int trims = 0; done && trims < kMostTrims; ++trims) {
    const double missing_db = level_goal_.missing_db(done->result);
    if (std::abs(missing_db) < kLevelToleranceDb) break;
    done->plan.trim_db += missing_db;
    done = played_whole(*std::move(done));
  }
  if (!done || !done->plan.compressor) return done;
  return compressor_input(done->plan).map([&](const LevelSeries& heard) {
    done->dynamics_uncertainty = dynamics_uncertainty(heard, dynamics_goal_, *done->plan.compressor, {});
    return *std::move(done);
  });
}

}  // namespace aapp::fit
