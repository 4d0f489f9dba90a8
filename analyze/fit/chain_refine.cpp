// The last part of a chain's fit (refine_chain of chain_fit.h).
#include <algorithm>
#include <cmath>
#include <optional>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/chain_fit.h"
#include "analyze/fit/chain_moves.h"
#include "analyze/fit/chain_neighbours.h"
#include "analyze/fit/flat_band.h"
#include "analyze/fit/noise_left.h"
#include "analyze/fit/paired_eq.h"
#include "analyze/fit/topology.h"

namespace aapp::fit {
namespace {

constexpr int kRefineSteps = 8;
// How often the refined chain's equaliser is looked for anew, and the error at which there is no need.
constexpr int kLooks = 2;
constexpr double kExact = 1e-7;
// What a wrong topology leaves at least: a neighbour of the right one, and any other.
constexpr double kExactNeighbour = 3e-7, kExactTopology = 1e-6;
// A model that leaves less than this many times the noise is worth refining; than the second, where it leaves
// less than this share of the last one's error.
constexpr double kNear = 2.0, kNearAfterLeap = 20.0, kLeap = 0.1;
// A look that leaves more than this share of the error is the last.
constexpr double kSettled = 0.5;
// How often the best neighbour is moved to, and what share it has to leave to be worth another look.
constexpr int kMoves = 4;
constexpr double kWorthAMove = 0.95;
// A band of less gain than this, moved together with all others, is none.
constexpr double kIdleDb = 1e-3;
// A chain that leaves so many times as much as another one does, once bands and topologies around are looked
// for, is not worth the rest.
constexpr double kFarBehind = 30.0;
// What the last look at the equaliser may add to an error that is heard: noise.
constexpr double kNoWorse = 1.05;

// Bands that came to nothing beside the others, if any is left then.
void drop_idle_bands(effects::EqParams& eq) {
  effects::EqParams kept = eq;
  kept.bands.clear();
  for (const effects::EqBand& band : eq.bands) {
    if (!is_flat(band, kIdleDb)) kept.bands.push_back(band);
  }
  if (!kept.bands.empty()) eq = kept;
}

// Every residual counts here.
ChainModel refined(ChainModel now, const PairExcerpt& fit, const PairedFitOptions& options) {
  drop_idle_bands(now.eq);
  JointFitOptions last = joint_options(options, 1, kRefineSteps);
  last.tolerance = kWorthAStep;
  last.path = StepPath::response;
  return fit_jointly(fit, now, estimate_chain_error(now, fit), last).model;
}

// A chain on its way to the best that the fit excerpt shows.
class Refinement {
 public:
  Refinement(const ChainModel& model, const PairSplit& split, double other_error,
             const PairedFitOptions& options)
      : split_(split), options_(options), other_error_(other_error), now_(model) {}

  // The search looked for bands through a compressor only roughly taken off, and for the topology through
  // bands only roughly known; what is moved jointly keeps both. Bands come first: they take less time.
  Result<void> run() {
    set(now_, left_by(now_, split_.fit));
    if (left_.over_noise < kNear) refine();
    if (const Result<void> ok = look_closer(); !ok) return ok;
    // What a wrong link leaves of channels that resemble each other is inaudible but where they do not.
    if (!unexplained() && left_.over_noise > kFarFromNoise) look_for_link();
    const double before = left_.error;
    if (const Result<void> ok = last_word(); !ok) return ok;
    // Bands that nothing but the last word could see were not the last that was missing.
    if (left_.error > kLeap * before || !unexplained()) return {};
    take_if_better(now_);
    if (const Result<void> ok = look_closer(); !ok) return ok;
    return last_word();
  }
  const ChainModel& model() const { return now_; }

 private:
  bool unexplained() const { return left_.error > kExact && left_.over_noise > kFarFromNoise; }
  bool may_be_a_neighbour() const { return left_.error > kExactNeighbour && unexplained(); }
  bool may_have_another_topology() const { return left_.error > kExactTopology && unexplained(); }

  bool is_far_behind() const { return left_.error > kFarBehind * other_error_; }

  Result<void> look_closer() {
    for (int look = 0; look < kLooks && unexplained(); ++look) {
      const double before = left_.error;
      if (const Result<void> ok = look_for_all_bands(); !ok) return ok;
      // Topologies were looked for beside these bands.
      if (look > 0 && left_.error > kSettled * before) break;
      if (const Result<void> ok = look_for_topologies(); !ok) return ok;
      if (left_.error > kSettled * before) break;
    }
    if (!refined_) refine();
    return {};
  }

  Result<void> look_for_topologies() {
    if (unexplained()) look_for_link();
    const double before = left_.error;
    if (may_be_a_neighbour()) look_for_topology(TopologyLook::around);
    // A better one shows bands that the last one hid.
    if (left_.error < kSettled * before && may_be_a_neighbour()) {
      if (const Result<void> ok = look_for_bands(); !ok) return ok;
    }
    if (is_far_behind()) return {};
    look_at_neighbours();
    // The right one is often a neighbour, and all of them cost thrice as much.
    if (!may_have_another_topology()) return {};
    const double before_wide = left_.error;
    look_for_topology(TopologyLook::wide);
    if (left_.error < before_wide) look_at_neighbours();
    return {};
  }

  // Where more than noise is left something else is wrong, and a rough move is enough; unless it was the one
  // thing that was missing.
  void take(const ChainModel& model, const ModelLeft& left) {
    const double before = left_.error;
    set(model, left);
    if (left.over_noise < (left.error < kLeap * before ? kNearAfterLeap : kNear)) refine();
  }
  void refine() {
    const ChainModel better = refined(now_, split_.fit, options_);
    const ModelLeft left = left_by(better, split_.fit);
    if (left.error < left_.error) set(better, left);
    refined_ = true;
  }
  void set(const ChainModel& model, const ModelLeft& left) {
    now_ = model;
    left_ = left;
    refined_ = false;
    better_.reset();
  }
  void take_if_better(const ChainModel& other) {
    const ChainModel tried = moved_by_response(other, split_.fit, options_);
    const ModelLeft left = left_by(tried, split_.fit);
    if (left.error < left_.error) take(tried, left);
  }

  Result<ChainModel> better_equaliser() {
    if (!better_) {
      const Result<ChainModel> better = with_better_equaliser(now_, split_.fit, options_);
      if (!better) return better;
      better_ = *better;
    }
    return *better_;
  }

  Result<void> look_for_bands() {
    const Result<ChainModel> better = better_equaliser();
    if (!better) return tl::unexpected(better.error());
    take_if_better(*better);
    return {};
  }

  // Bands that were most of what was missing may have hidden others.
  Result<void> look_for_all_bands() {
    for (double before = 1e300; unexplained() && left_.error < kLeap * before;) {
      before = left_.error;
      if (const Result<void> ok = look_for_bands(); !ok) return ok;
    }
    return {};
  }

  // Topologies race on a few seconds, which may not tell.
  void look_for_link() {
    const FoundChain linked = with_best_link(now_, split_.fit);
    if (linked.error < left_.error) take_if_better(linked.model);
    if (left_.over_noise <= kFarFromNoise) return;
    if (const auto moved = better_link(now_, split_.search, options_)) take_if_better(moved->model);
  }

  // Bands that have settled beside a wrong compressor hide the right one from a race that does not move them.
  void look_at_neighbours() {
    for (int move = 0; move < kMoves && may_have_another_topology(); ++move) {
      const double before = left_.error;
      if (const auto other = better_neighbour(now_, split_.search, options_)) take_if_better(other->model);
      if (left_.error > kWorthAMove * before) break;
    }
  }

  void look_for_topology(TopologyLook look) {
    std::vector<CompressorFit> fits =
        race_topologies(now_, split_, {fit_of(now_.compressor)}, look, options_);
    FoundChain other{with_best_topology(now_, split_, fits, options_)};
    other.error = model_error(other.model, split_.fit);
    other = with_best_knee(other, split_);
    if (other.error < left_.error || !same_topology(other.model.compressor, now_.compressor))
      take_if_better(other.model);
  }

  // Where each frequency calls for even more bands than all samples together do, those may stand for others:
  // a saxophone's lay half where nothing sounds.
  Result<void> begin_bands_anew() {
    const Result<PairedEq> eq =
        fit_paired_eq(around_equaliser(now_, split_.fit), BandSearch::thorough, options_);
    if (!eq) return tl::unexpected(eq.error());
    if (eq->eq.bands.size() > now_.eq.bands.size()) return {};
    ChainModel anew = moved_by_response(with_equaliser(now_, *eq), split_.fit, options_);
    anew = refined(anew, split_.fit, options_);
    const ModelLeft left = left_by(anew, split_.fit);
    if (left.error < kNoWorse * left_.error) set(anew, left);
    return {};
  }

  // In time, loud frequencies decide. The equaliser's last word is on what each frequency tells.
  Result<void> last_word() {
    const Result<ChainModel> better = better_equaliser();
    if (!better) return tl::unexpected(better.error());
    const ModelLeft left = left_by(*better, split_.fit);
    if (left.error < std::max(kExact, kNoWorse * left_.error)) {
      set(*better, left);
      return {};
    }
    return better->eq.bands.size() > now_.eq.bands.size() ? begin_bands_anew() : Result<void>{};
  }

  const PairSplit& split_;
  const PairedFitOptions& options_;
  double other_error_;
  ChainModel now_;
  ModelLeft left_;  // on the fit excerpt
  bool refined_ = false;
  std::optional<ChainModel> better_;  // its equaliser looked for anew
};

}  // namespace

Result<ChainModel> refine_chain(const ChainModel& model, const PairSplit& split,
                                const PairedFitOptions& options, double other_error) {
  Refinement refinement(model, split, other_error, options);
  if (const Result<void> ok = refinement.run(); !ok) return tl::unexpected(ok.error());
  return refinement.model();
}

}  // namespace aapp::fit
