#include "analyze/fit/unpaired_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "analyze/fit/dynamics_match.h"
#include "analyze/fit/eq_uncertainty.h"
#include "analyze/fit/fit_plan.h"
#include "analyze/fit/level_match.h"
#include "analyze/fit/plan_distance.h"
#include "analyze/fit/spectral_target.h"
#include "analyze/fit/unpaired_eq.h"

namespace aapp::fit {

namespace {

constexpr int kCorrections = 12;
// A correction that leaves more than this share of the distance has not helped.
constexpr double kWorthOfPass = 0.97;
constexpr double kLeastShare = 0.2;
// Nearer than this nobody hears a difference, nor do two halves of one recording agree.
constexpr double kNearDb = 0.1;
// How far off a spectrum may be for levels that are no worse than the source's.
constexpr double kMayGiveUpDb = 1.5;
constexpr double kLevelToleranceDb = 0.005;

void halve_compression(effects::CompressorParams& compressor) {
  compressor.ratio = dsp::slope_to_ratio(0.5 * dsp::ratio_to_slope(compressor.ratio));
}

// A plan, what is known about it and what it makes of the source.
struct Draft {
  FitPlan plan;
  SpectralTarget target;
  EqFitOptions eq_most;     // what bands may do at most
  EqFitOptions eq_options;  // what they need
  std::string band_count_reason;
  UncertaintyReport dynamics_uncertainty;
  std::vector<std::string> remarks;
  measure::TrackProfile result;
};

// One run: what is known, and the draft as it grows.
class Fitter {
 public:
  Fitter(const FitSource& source, const measure::TrackProfile& reference, const FitOptions& options)
      : source_(source),
        reference_(reference),
        options_(options),
        first_target_(spectral_target(source.excerpt_profile.ltas, reference.ltas,
                                      {.amount = options.amount,
                                       .frequency_hz = options.frequency_hz,
                                       .max_gain_db = options.max_gain_db})),
        dynamics_goal_(
            blend(dynamics_of(source.profile.envelope), dynamics_of(reference.envelope), options.amount)),
        level_goal_(source.profile, reference, options.aspects.level ? options.amount : 0.0),
        before_(measure::profile_distance(reference, source.profile)) {}

  Result<UnpairedFit> run();

 private:
  Result<void> fit_chain(ChainOrder order);
  Result<void> fit_dynamics_again();
  Result<void> try_other_order();
  Result<void> try_gentler_compressor();
  Result<void> fit_equaliser();
  void set_input_gain();
  Result<void> fit_dynamics();
  Result<void> try_plan(FitPlan plan);
  Result<void> correct();
  Result<void> correct_on_whole();
  void refine_equaliser(const measure::Ltas& played, double share, EqSearch search);
  Result<void> play_whole();
  Result<void> settle_level();
  bool helps() const;
  bool nearer(const measure::TrackProfile& result, const measure::TrackProfile& than) const;
  std::vector<FitPlan> gentler_plans() const;
  Result<void> step_back();
  Result<void> soften_equaliser();
  // Of what bands may do, as shares of what they were allowed.
  struct Limits {
    double gain_share, q_share;
  };
  Result<void> try_softened(const Limits& limits);
  UnpairedFit summary() const;

  const FitSource& source_;
  const measure::TrackProfile& reference_;
  const FitOptions& options_;
  SpectralTarget first_target_;
  DynamicsTarget dynamics_goal_;
  LevelGoal level_goal_;
  measure::ProfileDistance before_;

  Draft draft_;
};

Result<void> Fitter::fit_equaliser() {
  auto fitted = fit_unpaired_eq(draft_.target.curve, draft_.eq_most);
  if (!fitted) return tl::unexpected(fitted.error());
  draft_.plan.bands = std::move(fitted->bands);
  draft_.band_count_reason = std::move(fitted->band_count_reason);
  draft_.eq_options = fitted->options;
  set_input_gain();
  return {};
}

// What brings the compressor's input to the reference's level. Behind the equaliser that includes what the
// equaliser itself does to the level.
void Fitter::set_input_gain() {
  draft_.plan.input_gain_db =
      draft_.plan.order == ChainOrder::eq_first && !draft_.plan.bands.empty()
          ? EqProblem(draft_.target.curve, draft_.eq_options).offset_db(draft_.plan.bands)
          : level_goal_.missing_db(source_.profile);
}

Result<void> Fitter::fit_dynamics() {
  const auto series = source_.levels(draft_.plan.preset_before_compressor());
  if (!series) return tl::unexpected(series.error());
  DynamicsMatch match = match_dynamics(*series, dynamics_goal_, {.threads = options_.threads});
  draft_.plan.compressor = match.compressor;
  draft_.dynamics_uncertainty = std::move(match.uncertainty);
  draft_.remarks.push_back(std::move(match.remark));
  return {};
}

// The equaliser again, for what came out of the whole chain.
void Fitter::refine_equaliser(const measure::Ltas& played, double share, EqSearch search) {
  correct_target(draft_.target, played, share);
  UnpairedEq eq = refit_unpaired_eq(draft_.target.curve, {draft_.plan.bands, {}, draft_.eq_options},
                                    draft_.eq_most, search);
  draft_.plan.bands = std::move(eq.bands);
  draft_.eq_options = eq.options;
  set_input_gain();
}

// Play, measure, correct, for as long as it helps. A correction that made it worse is taken back and tried
// again at half its size.
Result<void> Fitter::correct() {
  if (draft_.plan.bands.empty()) return {};
  struct State {
    FitPlan plan;
    EqFitOptions eq_options;
    SpectralTarget target;
    measure::Ltas played;
    double distance_db = std::numeric_limits<double>::infinity();
  };
  State best;
  double share = 1.0;
  for (int pass = 0;; ++pass) {
    auto played = source_.play(draft_.plan.preset());
    if (!played) return tl::unexpected(played.error());
    const double distance_db = ltas_distance_of(reference_, *played);
    const bool helped = distance_db < kWorthOfPass * best.distance_db;
    if (distance_db < best.distance_db)
      best = {draft_.plan, draft_.eq_options, draft_.target, std::move(played->ltas), distance_db};
    if (!helped) share *= 0.5;
    draft_.plan = best.plan;
    draft_.eq_options = best.eq_options;
    draft_.target = best.target;
    if (pass == kCorrections || share < kLeastShare || best.distance_db < kNearDb) return {};
    // Once only: what is corrected later belongs to the bands that it was heard from.
    const bool afresh = pass == 0 && best.distance_db > kMuchLeftDb;
    refine_equaliser(best.played, share, afresh ? EqSearch::afresh : EqSearch::nearby);
  }
}

// Plays all of it. What is missing in loudness comes at the very end of the chain and changes nothing else
// that plans are chosen by, so it is heard once, when the plan stands.
Result<void> Fitter::play_whole() {
  return source_.play_whole(draft_.plan.preset()).map([&](measure::TrackProfile&& played) {
    draft_.result = std::move(played);
    draft_.plan.trim_db += level_goal_.missing_db(draft_.result);
  });
}

Result<void> Fitter::settle_level() {
  constexpr int kMostTrims = 3;
  for (int trims = 0;; ++trims) {
    const double played_trim_db = draft_.plan.trim_db;
    if (auto played = play_whole(); !played) return played;
    if (std::abs(draft_.plan.trim_db - played_trim_db) < kLevelToleranceDb || trims == kMostTrims) {
      draft_.plan.trim_db = played_trim_db;
      return {};
    }
  }
}

// The excerpt's spectrum is not quite that of all of it.
Result<void> Fitter::correct_on_whole() {
  if (source_.excerpt_is_whole() || draft_.plan.bands.empty()) return {};
  auto played = source_.play_whole(draft_.plan.preset());
  if (!played) return tl::unexpected(played.error());
  refine_equaliser(played->ltas, 1.0, EqSearch::nearby);
  return {};
}

bool Fitter::helps() const {
  const measure::ProfileDistance after = measure::profile_distance(reference_, draft_.result);
  const auto not_worse = [](std::optional<double> now, std::optional<double> then) {
    return !now || !then || *now <= *then;
  };
  return not_worse(after.ltas_rms_db, before_.ltas_rms_db) &&
         not_worse(after.level_distribution_db, before_.level_distribution_db);
}

bool Fitter::nearer(const measure::TrackProfile& result, const measure::TrackProfile& than) const {
  return distance_of(reference_, result) < distance_of(reference_, than);
}

Result<void> Fitter::try_plan(FitPlan plan) {
  draft_.plan = std::move(plan);
  return correct().and_then([&] { return correct_on_whole(); }).and_then([&] { return play_whole(); });
}

// Gentler plans, in the order in which they are tried.
std::vector<FitPlan> Fitter::gentler_plans() const {
  std::vector<FitPlan> plans;
  FitPlan plan = draft_.plan;
  if (plan.compressor) {
    halve_compression(*plan.compressor);
    plans.push_back(plan);
    plan.compressor.reset();
    plans.push_back(plan);
  }
  return plans;
}

Result<void> Fitter::step_back() {
  if (helps()) return {};
  for (const FitPlan& plan : gentler_plans()) {
    if (auto tried = try_plan(plan); !tried) return tried;
    if (!helps()) continue;
    draft_.remarks.emplace_back(draft_.plan.compressor
                                    ? "The full compressor would have left the levels farther from the "
                                      "reference than they were, so half of it is used."
                                    : "The compressor would have left the levels farther from the "
                                      "reference than they were, so none is used.");
    return {};
  }
  return draft_.plan.bands.empty() ? Result<void>{} : soften_equaliser();
}

// Last resort: an equaliser changes the levels of moments too, the more the narrower and stronger its bands
// are. The nearest of some gentler ones that leave neither spectrum nor levels worse.
Result<void> Fitter::soften_equaliser() {
  constexpr std::array kGentler{Limits{1.0, 0.4}, Limits{0.6, 0.6}, Limits{1.0, 0.15}, Limits{0.6, 0.3},
                                Limits{0.35, 0.3}};
  Draft strongest = draft_;
  std::optional<Draft> best;
  for (const Limits& limits : kGentler) {
    draft_ = strongest;
    if (auto tried = try_softened(limits); !tried) return tried;
    if (helps() && (!best || nearer(draft_.result, best->result))) best = draft_;
    if (best && ltas_distance_of(reference_, best->result) < kClearlyOffDb) break;
  }
  // Levels a little nearer are no reason to give up much of the spectrum.
  const bool worth_it = best && (ltas_distance_of(reference_, best->result) < kMayGiveUpDb ||
                                 nearer(best->result, strongest.result));
  draft_ = worth_it ? *best : strongest;
  draft_.remarks.push_back(
      worth_it ? fmt::format("Bands are held to {:.0f} dB and a Q of {:.1f}: stronger ones would leave the "
                             "levels farther from the reference's than they were.",
                             draft_.eq_options.gain_db.high, draft_.eq_options.q.high)
               : "The equaliser brings the spectrum nearer but the distribution of levels farther from the "
                 "reference's; no gentler setting avoids that without giving up the spectrum.");
  return {};
}

Result<void> Fitter::try_softened(const Limits& limits) {
  EqFitOptions& eq = draft_.eq_most;
  eq = draft_.eq_options;
  eq.gain_db = {limits.gain_share * eq.gain_db.low, limits.gain_share * eq.gain_db.high};
  eq.q.high = std::max(eq.q.low, limits.q_share * eq.q.high);
  // How many was decided when they were free; deciding it again would take most of the time.
  eq.bands = static_cast<int>(draft_.plan.bands.size());
  std::string reason = draft_.band_count_reason;
  draft_.target = first_target_;
  return fit_equaliser().and_then([&] {
    draft_.band_count_reason = std::move(reason);
    return try_plan(draft_.plan);
  });
}

UnpairedFit Fitter::summary() const {
  UnpairedFit fit{.preset = draft_.plan.preset(),
                  .result = draft_.result,
                  .before = before_,
                  .after = {},
                  .parameters = {},
                  .strong_correlations = {},
                  .remarks = draft_.remarks};
  fit.after = measure::profile_distance(reference_, draft_.result);
  const auto add = [&](PlanPart part, const UncertaintyReport& report) {
    for (ParameterEstimate& p : in_preset(draft_.plan, part, report.parameters))
      fit.parameters.push_back(std::move(p));
    for (StrongCorrelation& c : in_preset(draft_.plan, part, report.strong_correlations))
      fit.strong_correlations.push_back(std::move(c));
  };
  if (!draft_.plan.bands.empty()) {
    add(PlanPart::eq, eq_uncertainty(EqProblem(draft_.target.curve, draft_.eq_options), draft_.plan.bands));
    fit.remarks.insert(fit.remarks.begin(), draft_.band_count_reason);
  }
  if (draft_.plan.compressor) add(PlanPart::compressor, draft_.dynamics_uncertainty);
  if (std::string peaks = peak_remark(draft_.result); !peaks.empty()) fit.remarks.push_back(std::move(peaks));
  return fit;
}

Result<void> Fitter::fit_chain(ChainOrder order) {
  draft_ = {};
  draft_.plan.order = order;
  draft_.target = first_target_;
  draft_.eq_most = unpaired_eq_options(options_, first_target_, source_.profile.rate_hz);
  draft_.eq_options = draft_.eq_most;
  set_input_gain();
  Result<void> done{};
  if (options_.aspects.eq && draft_.target.curve.frequency_hz.size() >= 3) done = fit_equaliser();
  if (done && options_.aspects.dynamics) done = fit_dynamics();
  return done.and_then([&] { return try_plan(draft_.plan); });
}

// Correcting the equaliser moves the levels that the compressor was fitted to: the compressor once more, for
// what the corrected equaliser gives it.
Result<void> Fitter::fit_dynamics_again() {
  if (!draft_.plan.compressor || draft_.plan.bands.empty() || draft_.plan.order == ChainOrder::comp_first)
    return {};
  Draft first = draft_;
  draft_.remarks.clear();
  return fit_dynamics().and_then([&] { return try_plan(draft_.plan); }).map([&] {
    if (!nearer(draft_.result, first.result)) draft_ = std::move(first);
  });
}

// A hard-working compressor makes spectrum of its own, which an equaliser before it cannot take away.
Result<void> Fitter::try_other_order() {
  if (options_.order != OrderChoice::automatic || !draft_.plan.compressor || draft_.plan.bands.empty() ||
      ltas_distance_of(reference_, draft_.result) < kMuchLeftDb)
    return {};
  Draft first = draft_;
  return fit_chain(ChainOrder::comp_first).map([&] {
    if (helps() && nearer(draft_.result, first.result)) {
      draft_.remarks.emplace_back(
          "The compressor comes first: an equaliser before it could not undo what the compressor does to "
          "the spectrum.");
    } else {
      draft_ = std::move(first);
    }
  });
}

// A compressor may work so hard that it takes back what the equaliser before it does.
Result<void> Fitter::try_gentler_compressor() {
  if (!draft_.plan.compressor || draft_.plan.bands.empty() || draft_.plan.order == ChainOrder::comp_first ||
      ltas_distance_of(reference_, draft_.result) < kMuchLeftDb)
    return {};
  Draft first = draft_;
  draft_.target = first_target_;
  halve_compression(*draft_.plan.compressor);
  return fit_equaliser().and_then([&] { return try_plan(draft_.plan); }).map([&] {
    if (helps() && nearer(draft_.result, first.result)) {
      draft_.remarks.emplace_back(
          "Half of that compression is used: more would take back what the equaliser does to the spectrum.");
    } else {
      draft_ = std::move(first);
    }
  });
}

Result<UnpairedFit> Fitter::run() {
  return fit_chain(options_.order == OrderChoice::comp_first ? ChainOrder::comp_first : ChainOrder::eq_first)
      .and_then([&] { return fit_dynamics_again(); })
      .and_then([&] { return try_other_order(); })
      .and_then([&] { return try_gentler_compressor(); })
      .and_then([&] { return step_back(); })
      .and_then([&] { return settle_level(); })
      .map([&] { return summary(); });
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
