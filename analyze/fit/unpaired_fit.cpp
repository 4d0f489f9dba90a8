#include "analyze/fit/unpaired_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "analyze/fit/dynamics_match.h"
#include "analyze/fit/eq_solve.h"
#include "analyze/fit/fit_plan.h"
#include "analyze/fit/level_match.h"
#include "analyze/fit/spectral_target.h"

namespace aapp::fit {

namespace {

constexpr int kCorrections = 5;
// Nearer than this nobody hears a difference, nor do two halves of one recording agree.
constexpr double kNearDb = 0.1;
// With more left over than this, bands are not spared, and the other order of the chain is tried.
constexpr double kMuchLeftDb = 0.3;
// The other order may cost this share of the levels' distance, no more.
constexpr double kLevelsMayGrow = 0.1;
constexpr double kLevelToleranceDb = 0.005;

EqFitOptions eq_options(const FitOptions& options, const SpectralTarget& target, double rate_hz) {
  EqFitOptions eq;
  eq.bands = options.bands;
  eq.max_bands = options.max_bands;
  eq.max_error_db = options.max_error_db;
  eq.frequency_hz = options.frequency_hz;
  eq.gain_db = {-options.max_gain_db, options.max_gain_db};
  eq.q = {0.3, options.max_q};
  eq.rate_hz = rate_hz;
  eq.seed = options.seed;
  eq.threads = options.threads;
  if (target.reference_high_hz > 0.0) eq.shapes.low_pass = EqShapes::Use::if_useful;
  if (target.reference_low_hz > 0.0) eq.shapes.high_pass = EqShapes::Use::if_useful;
  return eq;
}

double ltas_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result) {
  return measure::profile_distance(reference, result).ltas_rms_db.value_or(0.0);
}

double level_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result) {
  return measure::profile_distance(reference, result).level_distribution_db.value_or(0.0);
}

// One run: what is known, and the plan as it grows.
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
        target_(first_target_),
        eq_options_(eq_options(options, first_target_, source.profile.rate_hz)),
        dynamics_goal_(
            blend(dynamics_of(source.profile.envelope), dynamics_of(reference.envelope), options.amount)),
        level_goal_(source.profile, reference, options.aspects.level ? options.amount : 0.0),
        before_(measure::profile_distance(reference, source.profile)) {}

  Result<UnpairedFit> run();

 private:
  Result<void> fit_chain(ChainOrder order);
  Result<void> try_other_order();
  void take(const Fitter& other);
  Result<void> fit_equaliser();
  void set_input_gain();
  Result<void> fit_dynamics();
  Result<void> try_plan(FitPlan plan);
  Result<void> correct();
  Result<void> correct_on_whole();
  void refine_equaliser(const measure::Ltas& played, double share);
  Result<void> play_whole();
  bool helps() const;
  std::vector<FitPlan> gentler_plans() const;
  Result<void> step_back();
  Result<void> soften_equaliser();
  UnpairedFit summary() const;

  const FitSource& source_;
  const measure::TrackProfile& reference_;
  const FitOptions& options_;
  SpectralTarget first_target_, target_;
  EqFitOptions eq_options_;
  DynamicsTarget dynamics_goal_;
  LevelGoal level_goal_;
  measure::ProfileDistance before_;

  FitPlan plan_;
  UncertaintyReport eq_uncertainty_, dynamics_uncertainty_;
  std::string band_reason_;
  std::vector<std::string> remarks_;
  measure::TrackProfile result_;
};

Result<void> Fitter::fit_equaliser() {
  auto fitted = fit_eq(target_.curve, eq_options_);
  const bool spared = fitted && eq_options_.bands == kAutoBands && eq_options_.max_error_db == 0.0 &&
                      fitted->error.rms_db > kMuchLeftDb &&
                      fitted->eq.bands.size() < static_cast<std::size_t>(eq_options_.max_bands);
  if (spared) {
    EqFitOptions all = eq_options_;
    all.bands = eq_options_.max_bands;
    fitted = fit_eq(target_.curve, all);
  }
  if (!fitted) return tl::unexpected(fitted.error());
  plan_.bands.assign(fitted->eq.bands.begin(), fitted->eq.bands.end());
  set_input_gain();
  eq_uncertainty_ = fitted->uncertainty;
  band_reason_ = spared ? fmt::format("{} bands, the most allowed, leave {:.2f} dB RMS",
                                      eq_options_.max_bands, fitted->error.rms_db)
                        : fitted->band_count_reason;
  return {};
}

// What brings the compressor's input to the reference's level. Behind the equaliser that includes what the
// equaliser itself does to the level.
void Fitter::set_input_gain() {
  plan_.input_gain_db = plan_.order == ChainOrder::eq_first && !plan_.bands.empty()
                            ? EqProblem(target_.curve, eq_options_).offset_db(plan_.bands)
                            : level_goal_.missing_db(source_.profile);
}

Result<void> Fitter::fit_dynamics() {
  const auto series = source_.levels(plan_.preset_before_compressor());
  if (!series) return tl::unexpected(series.error());
  DynamicsMatch match = match_dynamics(*series, dynamics_goal_, {.threads = options_.threads});
  plan_.compressor = match.compressor;
  dynamics_uncertainty_ = std::move(match.uncertainty);
  remarks_.push_back(std::move(match.remark));
  return {};
}

// The equaliser again, for what came out of the whole chain.
void Fitter::refine_equaliser(const measure::Ltas& played, double share) {
  correct_target(target_, played, share);
  const EqProblem problem(target_.curve, eq_options_);
  plan_.bands = solve_eq(problem, plan_.bands, {}).bands;
  set_input_gain();
}

// Play, measure, correct; a correction that made it worse is taken back and tried again at half its size.
Result<void> Fitter::correct() {
  if (plan_.bands.empty()) return {};
  struct State {
    FitPlan plan;
    SpectralTarget target;
    measure::Ltas played;
    double distance_db = std::numeric_limits<double>::infinity();
  };
  State best;
  double share = 1.0;
  for (int pass = 0;; ++pass) {
    auto played = source_.play(plan_.preset());
    if (!played) return tl::unexpected(played.error());
    const double distance_db = ltas_distance_of(reference_, *played);
    if (distance_db < best.distance_db) {
      best = {plan_, target_, std::move(played->ltas), distance_db};
    } else {
      share *= 0.5;
    }
    plan_ = best.plan;
    target_ = best.target;
    if (pass == kCorrections || best.distance_db < kNearDb) return {};
    refine_equaliser(best.played, share);
  }
}

// Plays all of it, brings it to the wanted loudness and plays it again.
Result<void> Fitter::play_whole() {
  constexpr int kMostTrims = 3;
  for (int trims = 0;; ++trims) {
    auto played = source_.play_whole(plan_.preset());
    if (!played) return tl::unexpected(played.error());
    result_ = std::move(*played);
    const double missing_db = level_goal_.missing_db(result_);
    if (std::abs(missing_db) < kLevelToleranceDb || trims == kMostTrims) return {};
    plan_.trim_db += missing_db;
  }
}

// The excerpt's spectrum is not quite that of all of it.
Result<void> Fitter::correct_on_whole() {
  if (source_.excerpt_is_whole() || plan_.bands.empty()) return {};
  auto played = source_.play_whole(plan_.preset());
  if (!played) return tl::unexpected(played.error());
  refine_equaliser(played->ltas, 1.0);
  return {};
}

bool Fitter::helps() const {
  const measure::ProfileDistance after = measure::profile_distance(reference_, result_);
  const auto not_worse = [](std::optional<double> now, std::optional<double> then) {
    return !now || !then || *now <= *then;
  };
  return not_worse(after.ltas_rms_db, before_.ltas_rms_db) &&
         not_worse(after.level_distribution_db, before_.level_distribution_db);
}

Result<void> Fitter::try_plan(FitPlan plan) {
  plan_ = std::move(plan);
  return correct().and_then([&] { return correct_on_whole(); }).and_then([&] { return play_whole(); });
}

// Gentler plans, in the order in which they are tried.
std::vector<FitPlan> Fitter::gentler_plans() const {
  std::vector<FitPlan> plans;
  FitPlan plan = plan_;
  if (plan.compressor) {
    const double slope = dsp::ratio_to_slope(plan.compressor->ratio);
    plan.compressor->ratio = dsp::slope_to_ratio(0.5 * slope);
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
    remarks_.emplace_back(plan_.compressor
                              ? "The full compressor would have left the levels farther from the "
                                "reference than they were, so half of it is used."
                              : "The compressor would have left the levels farther from the "
                                "reference than they were, so none is used.");
    return {};
  }
  return plan_.bands.empty() ? Result<void>{} : soften_equaliser();
}

// Last resort: an equaliser changes the levels of moments too, the more the stronger and narrower its bands
// are. The strongest that leaves neither spectrum nor levels worse.
Result<void> Fitter::soften_equaliser() {
  struct Limits {
    double gain_share, q_share;
  };
  constexpr std::array kGentler{Limits{0.7, 0.6}, Limits{0.5, 0.4}, Limits{0.3, 0.25}};
  const FitPlan strongest = plan_;
  for (const Limits& limits : kGentler) {
    const double gain_db = limits.gain_share * options_.max_gain_db;
    eq_options_.gain_db = {-gain_db, gain_db};
    eq_options_.q.high = std::max(eq_options_.q.low, limits.q_share * options_.max_q);
    if (auto fitted = fit_equaliser(); !fitted) return fitted;
    if (auto tried = try_plan(plan_); !tried) return tried;
    if (!helps()) continue;
    remarks_.push_back(
        fmt::format("Bands are held to {:.0f} dB and a Q of {:.1f}: stronger ones would leave the "
                    "levels farther from the reference's than they were.",
                    gain_db, eq_options_.q.high));
    return {};
  }
  remarks_.emplace_back(
      "The equaliser brings the spectrum nearer but the distribution of levels a little "
      "farther from the reference's; no gentler setting avoids that.");
  return try_plan(strongest);
}

UnpairedFit Fitter::summary() const {
  UnpairedFit fit{.preset = plan_.preset(),
                  .result = result_,
                  .before = before_,
                  .after = {},
                  .parameters = {},
                  .strong_correlations = {},
                  .remarks = remarks_};
  fit.after = measure::profile_distance(reference_, result_);
  const auto add = [&](PlanPart part, const UncertaintyReport& report) {
    for (ParameterEstimate& p : in_preset(plan_, part, report.parameters))
      fit.parameters.push_back(std::move(p));
    for (StrongCorrelation& c : in_preset(plan_, part, report.strong_correlations))
      fit.strong_correlations.push_back(std::move(c));
  };
  if (!plan_.bands.empty()) {
    add(PlanPart::eq, eq_uncertainty_);
    fit.remarks.insert(fit.remarks.begin(), band_reason_);
  }
  if (plan_.compressor) add(PlanPart::compressor, dynamics_uncertainty_);
  if (std::string peaks = peak_remark(result_); !peaks.empty()) fit.remarks.push_back(std::move(peaks));
  return fit;
}

Result<void> Fitter::fit_chain(ChainOrder order) {
  plan_ = {};
  plan_.order = order;
  target_ = first_target_;
  remarks_.clear();
  set_input_gain();
  Result<void> done{};
  if (options_.aspects.eq && target_.curve.frequency_hz.size() >= 3) done = fit_equaliser();
  if (done && options_.aspects.dynamics) done = fit_dynamics();
  return done.and_then([&] { return try_plan(plan_); });
}

// A hard-working compressor makes spectrum of its own, which an equaliser before it cannot take away.
Result<void> Fitter::try_other_order() {
  const double left_db = ltas_distance_of(reference_, result_);
  if (options_.order != OrderChoice::automatic || !plan_.compressor || plan_.bands.empty() ||
      left_db < kMuchLeftDb)
    return {};
  Fitter other = *this;
  if (auto done = other.fit_chain(ChainOrder::comp_first); !done) return done;
  const bool nearer = ltas_distance_of(reference_, other.result_) < left_db;
  const bool levels_hold = level_distance_of(reference_, other.result_) <=
                           (1.0 + kLevelsMayGrow) * level_distance_of(reference_, result_);
  if (nearer && levels_hold && other.helps()) take(other);
  return {};
}

void Fitter::take(const Fitter& other) {
  plan_ = other.plan_;
  target_ = other.target_;
  eq_uncertainty_ = other.eq_uncertainty_;
  dynamics_uncertainty_ = other.dynamics_uncertainty_;
  band_reason_ = other.band_reason_;
  remarks_ = other.remarks_;
  result_ = other.result_;
  remarks_.emplace_back(
      "The compressor comes first: an equaliser before it could not undo what the compressor "
      "does to the spectrum.");
}

Result<UnpairedFit> Fitter::run() {
  return fit_chain(options_.order == OrderChoice::comp_first ? ChainOrder::comp_first : ChainOrder::eq_first)
      .and_then([&] { return try_other_order(); })
      .and_then([&] { return step_back(); })
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
