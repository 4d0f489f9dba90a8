#include "analyze/fit/unpaired_fit.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "analyze/fit/eq_uncertainty.h"
#include "analyze/fit/plan_distance.h"
#include "analyze/fit/unpaired_draft.h"
#include "analyze/fit/unpaired_eq.h"

namespace aapp::fit {

namespace {

// Farther off than this (distance_of), other plans are worth their time.
constexpr double kFar = 0.5;
// Levels nearer than this are near enough.
constexpr double kNearLevelsDb = 0.1;
// How often the compressor of a plan that is far off is fitted again.
constexpr int kRounds = 2;
// Where none is nearer than kMayGiveUpDb, this share of what the source's is off.
constexpr double kMayGiveUpShare = 0.5;

// How long a better plan is looked for.
struct Patience {
  double same_db;         // levels or spectrum farther by less than this are no farther
  double enough_share;    // with a near spectrum and this share of the levels' distance left, no other plans
  double worth_of_round;  // a round that leaves more than this share of the distance is the last
  double hardly_nearer;   // with more than this share of the levels' distance left, broader bands are tried
  int steps_of_all;       // of bands and compressor together, at most
};
// Of an excerpt distances are known less well, and each plan takes longer.
constexpr Patience kWithAll{0.0, 0.0, std::numeric_limits<double>::infinity(), 0.5, 4},
    kWithExcerpt{0.02, 0.33, 0.95, std::numeric_limits<double>::infinity(), 0};

effects::CompressorParams half_as_strong(effects::CompressorParams compressor) {
  compressor.ratio = dsp::slope_to_ratio(0.5 * dsp::ratio_to_slope(compressor.ratio));
  return compressor;
}

// The best draft of one fit.
class Choice {
 public:
  Choice(const measure::TrackProfile& source, const measure::TrackProfile& reference,
         const Patience& patience)
      : reference_(reference), before_(measure::profile_distance(reference, source)), patience_(patience) {}

  // Neither spectrum nor levels farther from the reference than the source's.
  bool helps(const Draft& draft) const {
    const measure::ProfileDistance after = measure::profile_distance(reference_, draft.result);
    const auto not_worse = [this](std::optional<double> now, std::optional<double> then) {
      return !now || !then || *now <= *then + patience_.same_db;
    };
    return not_worse(after.ltas_rms_db, before_.ltas_rms_db) &&
           not_worse(after.level_distribution_db, before_.level_distribution_db);
  }

  bool stands() const { return rank_.first <= Class::stands; }
  bool harms() const { return rank_.first == Class::harms; }
  bool far() const { return far(best()); }
  bool far(const Draft& draft) const {
    if (distance_of(reference_, draft.result) <= kFar) return false;
    const measure::ProfileDistance after = measure::profile_distance(reference_, draft.result);
    return after.ltas_rms_db.value_or(0.0) > near_spectrum_db(reference_) ||
           after.level_distribution_db.value_or(0.0) >
               patience_.enough_share * before_.level_distribution_db.value_or(0.0);
  }

  bool near_levels() const {
    return stands() && level_distance_of(reference_, best().result) < kNearLevelsDb;
  }
  bool levels_hardly_nearer() const {
    return level_distance_of(reference_, best().result) >
           patience_.hardly_nearer * before_.level_distribution_db.value_or(0.0);
  }

  const Draft& best() const { return *best_; }

  enum class Class { near, stands, helps, harmless, harms };
  using Rank = std::pair<Class, double>;  // and the distance within the class: less is better
  const Rank& rank() const { return rank_; }

  Result<void> offer(Result<Drafts> drafts, std::string_view remark = {}) {
    if (!drafts) return tl::unexpected(drafts.error());
    for (Draft& draft : *drafts) {
      if (!remark.empty()) draft.choice_remark = remark;
      const Rank rank{class_of(draft), distance_of(reference_, draft.result)};
      if (best_ && rank >= rank_) continue;
      rank_ = rank;
      best_ = std::move(draft);
    }
    return {};
  }

 private:
  // If the spectrum is unsure by more than a plan may be off, which plan is nearest in it says little.
  bool steady() const { return spectrum_unsure_db(reference_) < kMayGiveUpDb; }
  // Levels a little nearer are no reason to give up much of the spectrum.
  Class class_of(const Draft& draft) const {
    const double left_db = ltas_distance_of(reference_, draft.result);
    if (!helps(draft)) return Class::harms;
    if (left_db < near_spectrum_db(reference_) && steady()) return Class::near;
    if (left_db < kMayGiveUpDb) return Class::stands;
    return left_db < kMayGiveUpShare * before_.ltas_rms_db.value_or(0.0) ? Class::helps : Class::harmless;
  }

  const measure::TrackProfile& reference_;
  measure::ProfileDistance before_;
  Patience patience_;
  std::optional<Draft> best_;
  Rank rank_;
};

// One run: which drafts are made.
class Fitter {
 public:
  Fitter(const FitSource& source, const measure::TrackProfile& reference, const FitOptions& options)
      : source_(source),
        reference_(reference),
        options_(options),
        goal_(as_excerpt(source, reference)),
        drafter_(source, goal_, options),
        patience_(source.excerpt_is_whole() ? kWithAll : kWithExcerpt),
        choice_(source.excerpt_profile, goal_, patience_) {}

  Result<UnpairedFit> run() {
    return first_plan()
        .and_then([&] { return other_order(); })
        .and_then([&] { return compressor_before_all(); })
        .and_then([&] { return gentler_compressor(); })
        .and_then([&] { return step_back(); })
        .and_then([&] { return broader_bands(); })
        .and_then([&] { return all_at_once(); })
        .and_then([&] { return drafter_.finished(choice_.best()); })
        .map([&](const Draft& draft) { return summary(draft); });
  }

 private:
  static bool has_both(const Draft& draft) { return draft.plan.compressor && !draft.plan.bands.empty(); }

  Result<void> first_plan() {
    return make(options_.order == OrderChoice::comp_first ? ChainOrder::comp_first : ChainOrder::eq_first,
                Drafter::FittedFirst::equaliser, {});
  }

  // A draft in this order, and what comes of fitting its compressor to its corrected equaliser.
  Result<void> make(ChainOrder order, Drafter::FittedFirst first, std::string_view remark) {
    auto drafts = drafter_.make(order, first);
    auto offered = choice_.offer(drafts, remark);
    if (drafts && drafts->empty()) return {};
    double last = std::numeric_limits<double>::infinity();
    for (int round = 0; offered && round < kRounds && has_both(drafts->front()); ++round) {
      const bool far = choice_.far(drafts->front());
      const double distance = distance_of(goal_, drafts->front().result);
      if (round > 0 && (!far || distance > patience_.worth_of_round * last)) break;
      last = distance;
      drafts =
          drafter_.with_dynamics_again(std::move(drafts->front()), far ? Drafter::CompressorSearch::anew
                                                                       : Drafter::CompressorSearch::nearby);
      offered = choice_.offer(drafts, remark);
    }
    return offered;
  }

  Result<void> other_order() {
    if (options_.order != OrderChoice::automatic || !has_both(choice_.best()) || !choice_.far()) return {};
    return make(ChainOrder::comp_first, Drafter::FittedFirst::equaliser,
                "The compressor comes first: an equaliser before it could not undo what the compressor does "
                "to the spectrum.");
  }

  Result<void> compressor_before_all() {
    if (!options_.aspects.dynamics || choice_.best().plan.bands.empty() || !choice_.far()) return {};
    return make(options_.order == OrderChoice::eq_first ? ChainOrder::eq_first : ChainOrder::comp_first,
                Drafter::FittedFirst::compressor,
                "The compressor was fitted to the source as it is, and the equaliser to what came of it: the "
                "other way round, the equaliser would do what a compressor did to the reference.");
  }

  Result<void> gentler_compressor() {
    if (!choice_.best().plan.compressor || (choice_.stands() && !choice_.far())) return {};
    const Draft best = choice_.best();
    return choice_.offer(drafter_.with_compressor(best, half_as_strong(*best.plan.compressor)),
                         "Half of the compression that the levels ask for is used: more would leave spectrum "
                         "or levels farther from the reference.");
  }

  // An equaliser changes the levels of moments too, the more the narrower its bands are: it may leave so
  // little between loud and quiet that no compressor is of use. Broader bands may then bring levels nearer
  // for a little of the spectrum.
  Result<void> broader_bands() {
    if (!options_.aspects.dynamics || !choice_.stands() || !choice_.far() ||
        choice_.best().plan.bands.empty())
      return {};
    constexpr std::array kBroader{BandLimits{36.0, 3.6}, BandLimits{36.0, 2.4}};
    return soften_equaliser(Draft(choice_.best()), kBroader, [&] { return !choice_.levels_hardly_nearer(); });
  }

  // Gentler and gentler plans, until one leaves the source no farther from the reference than it was.
  Result<void> step_back() {
    if (choice_.stands()) return {};
    if (choice_.best().plan.compressor) {
      auto without = drafter_.with_compressor(choice_.best(), std::nullopt);
      if (auto offered =
              choice_.offer(std::move(without),
                            "The compressor would have left the levels farther from the reference than "
                            "they were, so none is used.");
          !offered)
        return offered;
    }
    if (choice_.best().plan.bands.empty()) return {};
    // First as much as spares the levels and still follows the spectrum; then broad ones, which cannot follow
    // single notes, for no worse levels at any price.
    constexpr std::array kGentler{BandLimits{36.0, 7.2}, BandLimits{21.6, 7.2}, BandLimits{36.0, 3.6},
                                  BandLimits{21.6, 3.6}, BandLimits{36.0, 2.4}, BandLimits{21.6, 2.4}};
    constexpr std::array kBroad{BandLimits{12.6, 2.4}, BandLimits{12.6, 1.4}, BandLimits{7.2, 1.2},
                                BandLimits{3.6, 0.7}};
    const Draft strongest = choice_.best();
    return soften_equaliser(strongest, kGentler, [&] { return choice_.stands(); }).and_then([&] {
      return soften_equaliser(strongest, kBroad, [&] { return !choice_.harms(); });
    });
  }

  // Last of all, bands and compressor together.
  Result<void> all_at_once() {
    for (int step = 0; step < patience_.steps_of_all && !choice_.near_levels(); ++step) {
      const auto rank = choice_.rank();
      if (auto offered = choice_.offer(drafter_.stepped(Draft(choice_.best()))); !offered) return offered;
      if (choice_.rank() == rank) break;
    }
    return {};
  }

  template <class Enough>
  Result<void> soften_equaliser(const Draft& strongest, std::span<const BandLimits> steps,
                                const Enough& enough) {
    const BandLimits present{strongest.eq_options.gain_db.high, strongest.eq_options.q.high};
    BandLimits last = present;
    for (const BandLimits& step : steps) {
      const BandLimits limits{std::min(present.gain_db, step.gain_db), std::min(present.q, step.q)};
      if (limits == last) continue;
      if (enough()) break;
      last = limits;
      const std::string remark = fmt::format(
          "Bands are held to {:.0f} dB and a Q of {:.1f}: stronger or narrower ones would leave the levels "
          "farther from the reference's.",
          limits.gain_db, limits.q);
      if (auto offered = choice_.offer(drafter_.with_gentler_bands(strongest, limits), remark); !offered)
        return offered;
    }
    return {};
  }

  UnpairedFit summary(const Draft& draft) const;

  const FitSource& source_;
  const measure::TrackProfile& reference_;
  const FitOptions& options_;
  measure::TrackProfile goal_;  // what the excerpt is brought to
  Drafter drafter_;
  Patience patience_;
  Choice choice_;
};

UnpairedFit Fitter::summary(const Draft& draft) const {
  UnpairedFit fit{.preset = draft.plan.preset(),
                  .result = draft.result,
                  .before = measure::profile_distance(reference_, source_.profile),
                  .after = measure::profile_distance(reference_, draft.result),
                  .parameters = {},
                  .strong_correlations = {},
                  .remarks = {}};
  const auto add = [&](PlanPart part, const UncertaintyReport& report) {
    for (ParameterEstimate& p : in_preset(draft.plan, part, report.parameters))
      fit.parameters.push_back(std::move(p));
    for (StrongCorrelation& c : in_preset(draft.plan, part, report.strong_correlations))
      fit.strong_correlations.push_back(std::move(c));
  };
  if (!draft.plan.bands.empty())
    add(PlanPart::eq, eq_uncertainty(EqProblem(draft.target.curve, draft.eq_options), draft.plan.bands));
  if (draft.plan.compressor) add(PlanPart::compressor, draft.dynamics_uncertainty);

  const auto say = [&](std::string remark) {
    if (!remark.empty()) fit.remarks.push_back(std::move(remark));
  };
  if (!draft.plan.bands.empty()) say(draft.band_count_remark);
  say(draft.dynamics_remark);
  say(draft.choice_remark);
  if (!Choice(source_.profile, reference_, patience_).helps(draft)) {
    say("The result's spectrum or distribution of levels is farther from the reference's than the source's; "
        "no gentler setting avoids that without giving up the rest.");
  }
  say(peak_remark(draft.result));
  return fit;
}

}  // namespace

Result<UnpairedFit> fit_unpaired(const FitSource& source, const measure::TrackProfile& reference,
                                 const FitOptions& options) {
  if (auto checked = check_fit_options(options); !checked) return tl::unexpected(checked.error());
  for (const measure::TrackProfile* profile : {&source.profile, &reference}) {
    if (profile->silent())
      return fail(ErrorCode::unreadable, "{}: {} frames of silence; a fit needs sound", profile->name,
                  profile->frames);
  }
  return Fitter(source, reference, options).run();
}

}  // namespace aapp::fit
