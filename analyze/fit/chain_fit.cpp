#include "analyze/fit/chain_fit.h"

#include <algorithm>
#include <array>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/chain_moves.h"
#include "analyze/fit/noise_left.h"
#include "analyze/fit/paired_eq.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"

namespace aapp::fit {
namespace {

constexpr int kRounds = 3;
// A round that leaves more than this share of the last one's error is the last.
constexpr double kSettled = 0.8;
// Once an order leaves no more than this, or than so many times the noise, refining it tells more than
// another round, and the other one, if its error is this many times as large, is given up: seen once, from
// nothing, or looked at again, on more audio or with a look around.
constexpr double kNear = 1e-4, kNearOverNoise = 20.0, kHopelessAtFirst = 30.0, kHopeless = 4.0;
// Share of the unexplained energy that a compressor only roughly taken off leaves at each frequency.
constexpr double kSpread = 3e-5;

// Where a few seconds' channels are alike, so are all links; on more audio one of them leaves least.
dsp::StereoLink best_link(const ChainModel& model, const PairExcerpt& excerpt) {
  const std::vector<dsp::StereoLink> links = possible_links(excerpt.dry);
  if (links.size() == 1) return links.front();
  std::vector<double> errors(links.size());
  parallel_for(links.size(), [&](std::size_t i) {
    ChainModel other = model;
    other.compressor.stereo_link = links[i];
    errors[i] = model_error(other, excerpt);
  });
  return links[static_cast<std::size_t>(std::ranges::min_element(errors) - errors.begin())];
}

// One order, improved round by round.
class ChainSearch {
 public:
  ChainSearch(ChainKind kind, const PairSplit& split, const effects::EqParams& start,
              const PairedFitOptions& options)
      : split_(split), options_(options) {
    best_.kind = kind;
    best_.eq = start;
  }

  Result<void> round() {
    ++looks_;
    Found now{with_best_topology(best_, split_, fits_,
                                 looks_ > 1 ? TopologyLook::around : TopologyLook::first, options_)};
    now.model.compressor.stereo_link = best_link(now.model, split_.fit);
    now.error = model_error(now.model, split_.fit);
    if (filter_would_help(now.model, split_.fit)) {
      const Result<Found> fresh = with_fresh_equaliser(now);
      if (!fresh) return tl::unexpected(fresh.error());
      now = *fresh;
    }
    settled_ = now.error > kSettled * error_;
    if (now.error < error_) take(now);
    return {};
  }
  // The compressor that the other order found: there is only one, whatever stands before it.
  void try_compressor(const effects::CompressorParams& compressor) {
    std::vector<CompressorFit> fits{{.topology = compressor, .point = to_point(compressor)}};
    const ChainModel now = with_best_topology(best_, split_, fits, TopologyLook::given, options_);
    const Found found{now, model_error(now, split_.fit)};
    if (found.error >= error_) return;
    take(found);
    fits_.insert(fits_.begin(), fits.front());
  }
  // On more audio than the search's: what is not near may only be unfinished.
  void move() {
    ++looks_;
    const ChainModel now = moved(best_, split_.fit, options_);
    const Found found{now, model_error(now, split_.fit)};
    if (found.error < error_) take(found);
  }
  bool settled() const { return settled_; }
  bool near() const { return near_; }
  bool is_hopeless_beside(const ChainSearch& best) const {
    return best.near() && error_ > (looks_ > 1 ? kHopeless : kHopelessAtFirst) * best.error_;
  }
  double error() const { return error_; }
  const ChainModel& model() const { return best_; }

 private:
  struct Found {
    ChainModel model;
    double error = 0.0;  // on the fit excerpt
  };

  // With as many bands as the pair shows once this compressor is taken off, moved together with it; as it was
  // where that leaves more.
  Result<Found> with_fresh_equaliser(const Found& now) {
    Transfer filter = around_equaliser(now.model, split_.fit);
    raise_noise(filter, kSpread * now.error);
    const Result<PairedEq> eq = fit_paired_eq(filter, BandSearch::quick, options_);
    if (!eq) return tl::unexpected(eq.error());
    Found other = now;
    other.model.eq = eq->eq;
    take_level(other.model, eq->gain_db);
    other.model = moved(other.model, split_.search, options_);
    other.error = model_error(other.model, split_.fit);
    return other.error < now.error ? other : now;
  }

  void take(const Found& found) {
    best_ = found.model, error_ = found.error;
    near_ = error_ < kNear || error_over_noise(best_, split_.fit) < kNearOverNoise;
  }

  const PairSplit& split_;
  const PairedFitOptions& options_;
  std::vector<CompressorFit> fits_;
  ChainModel best_;
  double error_ = 1e300;
  bool near_ = false;
  int looks_ = 0;
  bool settled_ = false;
};

}  // namespace

Result<std::vector<ChainModel>> search_chain(std::span<const ChainKind> kinds, const PairSplit& split,
                                             const GainSeparation& separation,
                                             const PairedFitOptions& options) {
  const PairExcerpt& fit = split.fit;
  Transfer filter = measure_transfer(fit.dry, without_gain(fit.wet, separation.gain_db), fit.rate_hz);
  raise_noise(filter, kSpread * separation.error);
  const Result<PairedEq> start = fit_paired_eq(filter, BandSearch::quick, options);
  if (!start) return tl::unexpected(start.error());
  std::vector<ChainSearch> searches;
  for (const ChainKind kind : kinds) searches.emplace_back(kind, split, start->eq, options);
  std::vector<Result<void>> done(searches.size());
  parallel_for(searches.size(), options.threads, [&](std::size_t i) { done[i] = searches[i].round(); });
  for (const Result<void>& one : done) {
    if (!one) return tl::unexpected(one.error());
  }
  const auto error = [](const ChainSearch* search) { return search->error(); };
  std::vector<ChainSearch*> left;
  for (ChainSearch& search : searches) left.push_back(&search);
  const auto is_hopeless = [&](const ChainSearch* search) {
    return search->is_hopeless_beside(*left.front());
  };
  if (searches.size() == 2 && std::ranges::none_of(searches, &ChainSearch::near)) {
    const std::array found{searches[0].model().compressor, searches[1].model().compressor};
    parallel_for(2, options.threads, [&](std::size_t i) { searches[i].try_compressor(found[1 - i]); });
  }
  const auto is_decided = [&] {
    std::ranges::stable_sort(left, {}, error);
    return left.front()->near() && std::all_of(left.begin() + 1, left.end(), is_hopeless);
  };
  if (!is_decided()) parallel_for(left.size(), options.threads, [&](std::size_t i) { left[i]->move(); });
  for (int round = 1; round < kRounds && !is_decided(); ++round) {
    // The better one first: what it comes to may tell that there is no need to go on with the other.
    for (ChainSearch* search : left) {
      if (search->settled() || is_hopeless(search)) continue;
      if (const Result<void> ok = search->round(); !ok) return tl::unexpected(ok.error());
    }
  }
  std::ranges::stable_sort(left, {}, error);
  std::vector<ChainModel> found{left.front()->model()};
  for (const ChainSearch* other : left) {
    if (other != left.front() && !other->settled() &&
        other->error() < kHopelessAtFirst * left.front()->error())
      found.push_back(other->model());
  }
  return found;
}

}  // namespace aapp::fit
