#include "analyze/fit/chain_fit.h"

#include <algorithm>
#include <array>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/chain_moves.h"
#include "analyze/fit/first_equaliser.h"
#include "analyze/fit/noise_left.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology_race.h"

namespace aapp::fit {
namespace {

constexpr int kRounds = 3;
// A round that leaves more than this share of the last one's error was in vain, and the last.
constexpr double kSettled = 0.8;
// Once an order leaves no more than this, or, where it leaves less than the second, than so many times the
// noise, refining it tells more than another round, and the other one, if its error is this many times as
// large, is given up: seen once, from nothing, or looked at again, on more audio or with a look around.
constexpr double kNear = 1e-4, kNearNoisy = 1e-3, kNearOverNoise = 20.0;
constexpr double kHopelessAtFirst = 30.0, kHopeless = 4.0;
// An order whose best topology costs this many times as much where they race goes no further while the other
// comes near. Of eighty chains, the right order cost more in four, 1.74 times as much at most; of 96 others
// it cost over twice as much in one.
constexpr double kBehind = 2.0;

// One order, improved round by round.
class ChainSearch {
 public:
  ChainSearch(ChainKind kind, const PairSplit& split, const effects::EqParams& start,
              const PairedFitOptions& options)
      : split_(split), options_(options) {
    best_.kind = kind;
    best_.eq = start;
  }

  // The first half of a round. From nothing, since bands that were missing drive a search to topologies far
  // from the right one; and around the best, once there is one.
  void race() {
    std::vector<CompressorFit> best;
    if (looks_ > 0) best.push_back(fit_of(best_.compressor));
    fits_ = race_topologies(best_, split_, best, TopologyLook::first, options_);
    if (looks_ > 0) add_fits(race_topologies(best_, split_, best, TopologyLook::around, options_));
    ++looks_;
  }
  double race_cost() const { return fits_.front().cost; }
  // The second half.
  Result<void> settle() {
    fits_ = race_links(best_, split_, fits_, options_);
    FoundChain now = with_best_link(with_best_topology(best_, split_, fits_, options_), split_.fit);
    now = with_best_knee(now, split_);
    if (filter_would_help(now.model, split_.fit)) {
      const Result<FoundChain> fresh = with_fresh_equaliser(now);
      if (!fresh) return tl::unexpected(fresh.error());
      now = *fresh;
    }
    gained_ = take_if_better(now);
    return gained_ ? Result<void>{} : look_for_bands();
  }
  // The compressor that the other order found: there is only one, whatever stands before it.
  void try_compressor(const effects::CompressorParams& compressor) {
    std::vector<CompressorFit> fits =
        race_topologies(best_, split_, {fit_of(compressor)}, TopologyLook::given, options_);
    take_if_better(found(with_best_topology(best_, split_, fits, options_)));
  }
  // On more audio than the search's: what is not near may only be unfinished.
  void move() {
    ++looks_;
    if (!moved_) take_if_better(found(moved(best_, split_.fit, options_)));
    moved_ = true;
  }
  // Whether the last round did.
  bool gained() const { return gained_; }
  bool near() const { return near_; }
  bool is_hopeless_beside(const ChainSearch& best) const {
    return best.near() && error_ > (looks_ > 1 ? kHopeless : kHopelessAtFirst) * best.error_;
  }
  // A compressor alone, and no order any more.
  bool lost_its_bands() const { return best_.eq.bands.empty(); }
  double error() const { return error_; }
  const ChainModel& model() const { return best_; }

 private:
  // With as many bands as the pair shows once this compressor is taken off, moved together with it; as it was
  // where that leaves more.
  Result<FoundChain> with_fresh_equaliser(const FoundChain& now) {
    Transfer filter = around_equaliser(now.model, split_.fit);
    raise_noise(filter, kGainSpread * now.error);
    const Result<PairedEq> eq = fit_paired_eq(filter, BandSearch::quick, options_);
    if (!eq) return tl::unexpected(eq.error());
    const FoundChain other = found(moved(with_equaliser(now.model, *eq), split_.search, options_));
    return other.error < now.error ? other : now;
  }

  // No topology is better: bands may be missing that only all of the fit excerpt shows.
  Result<void> look_for_bands() {
    const Result<ChainModel> better = with_better_equaliser(best_, split_.fit, options_);
    if (!better) return tl::unexpected(better.error());
    gained_ = take_if_better(found(moved_by_response(*better, split_.fit, options_)));
    return {};
  }

  // In order, and of each topology the better one.
  void add_fits(const std::vector<CompressorFit>& more) {
    fits_.insert(fits_.begin(), more.begin(), more.end());
    std::vector<Runner> runners = to_runners(fits_);
    std::ranges::stable_sort(runners, {}, &Runner::cost);
    keep_best_of_each(runners, runners.size());
    fits_ = to_fits(runners);
  }

  FoundChain found(const ChainModel& model) const { return {model, model_error(model, split_.fit)}; }

  // Whether that was worth a round.
  bool take_if_better(const FoundChain& other) {
    const bool worth_it = other.error <= kSettled * error_;
    if (other.error < error_) take(other);
    return worth_it;
  }
  void take(const FoundChain& other) {
    best_ = other.model, error_ = other.error;
    moved_ = false;
    // What looks like noise inside the blocks may be a filter that is not yet right, where much is left.
    near_ = error_ < kNear || (error_ < kNearNoisy && error_over_noise(best_, split_.fit) < kNearOverNoise);
  }

  const PairSplit& split_;
  const PairedFitOptions& options_;
  std::vector<CompressorFit> fits_;
  ChainModel best_;
  double error_ = 1e300;
  bool near_ = false;
  bool moved_ = false;  // the best as it is now, as far as it goes
  int looks_ = 0;
  bool gained_ = true;
};

using Searches = std::vector<ChainSearch*>;

void sort_by_error(Searches& searches) {
  std::ranges::stable_sort(searches, {}, [](const ChainSearch* search) { return search->error(); });
}

Result<void> settle(const Searches& searches, const PairedFitOptions& options) {
  std::vector<Result<void>> done(searches.size());
  parallel_for(searches.size(), options.threads, [&](std::size_t i) { done[i] = searches[i]->settle(); });
  for (const Result<void>& one : done) {
    if (!one) return one;
  }
  return {};
}

// The better one first, and the other only once that gains no more: what it comes to may tell that there is
// no need to go on with the other.
Result<void> next_round(const Searches& by_error) {
  for (ChainSearch* search : by_error) {
    if (!search->gained() || search->is_hopeless_beside(*by_error.front())) continue;
    search->race();
    if (const Result<void> ok = search->settle(); !ok) return ok;
    if (search->gained()) break;
  }
  return {};
}

// The searches that are left after the first round. One that fell behind in the race goes no further, unless
// the other comes nowhere near.
Result<Searches> first_round(std::vector<ChainSearch>& searches, const PairedFitOptions& options) {
  parallel_for(searches.size(), options.threads, [&](std::size_t i) { searches[i].race(); });
  const double best = std::ranges::min_element(searches, {}, &ChainSearch::race_cost)->race_cost();
  Searches ahead, behind;
  for (ChainSearch& search : searches)
    (search.race_cost() > kBehind * best ? behind : ahead).push_back(&search);
  if (const Result<void> ok = settle(ahead, options); !ok) return tl::unexpected(ok.error());
  if (ahead.size() == 1 && !ahead.front()->near()) ahead.front()->move();
  if (std::ranges::any_of(ahead, &ChainSearch::near)) return ahead;
  if (const Result<void> ok = settle(behind, options); !ok) return tl::unexpected(ok.error());
  ahead.insert(ahead.end(), behind.begin(), behind.end());
  return ahead;
}

// Each tries what the other found.
void exchange_compressors(const Searches& searches, const PairedFitOptions& options) {
  const std::array found{searches[0]->model().compressor, searches[1]->model().compressor};
  parallel_for(2, options.threads, [&](std::size_t i) { searches[i]->try_compressor(found[1 - i]); });
}

bool is_decided(const Searches& by_error) {
  return by_error.front()->near() &&
         std::all_of(by_error.begin() + 1, by_error.end(),
                     [&](const auto* search) { return search->is_hopeless_beside(*by_error.front()); });
}

}  // namespace

Result<std::vector<FoundChain>> search_chain(std::span<const ChainKind> kinds, const PairSplit& split,
                                             const effects::EqParams& start,
                                             const PairedFitOptions& options) {
  std::vector<ChainSearch> searches;
  for (const ChainKind kind : kinds) searches.emplace_back(kind, split, start, options);
  Result<Searches> left = first_round(searches, options);
  if (!left) return tl::unexpected(left.error());
  if (left->size() == 2 && std::ranges::none_of(*left, &ChainSearch::near))
    exchange_compressors(*left, options);
  sort_by_error(*left);
  if (!is_decided(*left))
    parallel_for(left->size(), options.threads, [&](std::size_t i) { (*left)[i]->move(); });
  for (int round = 1; round < kRounds && !std::ranges::all_of(*left, &ChainSearch::lost_its_bands); ++round) {
    sort_by_error(*left);
    if (is_decided(*left)) break;
    if (const Result<void> ok = next_round(*left); !ok) return tl::unexpected(ok.error());
  }
  sort_by_error(*left);
  std::vector<FoundChain> found;
  for (const ChainSearch* search : *left) found.push_back({search->model(), search->error()});
  return found;
}

}  // namespace aapp::fit
