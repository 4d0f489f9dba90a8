#include "analyze/fit/chain_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/fit/clipped_samples.h"
#include "analyze/fit/joint_fit.h"
#include "analyze/fit/noise_left.h"
#include "analyze/fit/paired_eq.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"
#include "analyze/fit/topology_search.h"

namespace aapp::fit {
namespace {

constexpr int kRounds = 3;
constexpr double kShortS = 8.0;
// A round that leaves more than this share of the last one's error is the last.
constexpr double kSettled = 0.8;
// Once an order leaves no more than this, refining it tells more than another round, and the other one, if
// its error is this many times as large, is given up: seen once, from nothing, or with a look around.
constexpr double kNear = 1e-4, kHopelessAtFirst = 100.0, kHopeless = 4.0;
// Topologies whose error is so much larger than the best one's where they race need not be moved jointly.
constexpr double kHopelessCost = 3.0;
constexpr std::size_t kStride = 4;  // of residuals, while searching
constexpr int kFirstSteps = 4, kSearchSteps = 8, kRefineSteps = 8;
// The relative error that is assumed where the model is known to be unfinished.
constexpr double kUnfinished = 0.05;
// Share of the unexplained energy that a compressor only roughly taken off leaves at each frequency.
constexpr double kSpread = 3e-5;
// How often the refined chain's equaliser is looked for anew, and the error at which there is no need.
constexpr int kLooks = 3;
constexpr double kExact = 3e-8;
// A band of less gain than this, moved together with all others, is none.
constexpr double kIdleDb = 1e-3;
// What the last look at the equaliser may add to the error: noise.
constexpr double kNoWorse = 1.05;

// The transfer that the equaliser of this chain sees, the compressor being taken off.
Transfer around_equaliser(const ChainModel& model, const PairExcerpt& pair) {
  const int rate_hz = pair.rate_hz;
  audio::AudioBuffer room;
  const audio::AudioBuffer& wet = unclipped_wet(model, pair, room);
  if (model.kind == ChainKind::eq_then_compressor) {
    const audio::AudioBuffer driver = equalise(pair.dry, model.eq, rate_hz, Direction::apply);
    return measure_transfer(pair.dry, compress(wet, driver, model.compressor, rate_hz, Direction::undo),
                            rate_hz);
  }
  return measure_transfer(compress(pair.dry, pair.dry, model.compressor, rate_hz, Direction::apply), wet,
                          rate_hz);
}

// What the equaliser should turn up besides its bands. A compressor behind it hears that much less then, so
// its threshold goes down with the level.
void take_level(ChainModel& model, double gain_db) {
  model.compressor.makeup_db += gain_db;
  if (model.kind == ChainKind::eq_then_compressor) model.compressor.threshold_db -= gain_db;
}

JointFitOptions joint_options(const PairedFitOptions& options, std::size_t stride, int steps) {
  return {.max_iterations = steps,
          .stride = stride,
          .frequency_hz = options.frequency_hz,
          .max_gain_db = options.max_gain_db,
          .max_q = options.max_q,
          .threads = options.threads};
}

ChainModel moved(const ChainModel& model, const PairExcerpt& pair, const PairedFitOptions& options) {
  return fit_jointly(pair, model, estimate_chain_error(model, pair),
                     joint_options(options, kStride, kSearchSteps))
      .model;
}

// How far topologies are looked for: all of them from nothing, what lies around the best of the last race,
// all of them around the best.
enum class TopologyLook { first, around, wide };

std::vector<CompressorFit> race(const ChainModel& now, const PairSplit& split,
                                const std::vector<CompressorFit>& last, TopologyLook look,
                                const PairedFitOptions& options) {
  const PairExcerpt seen = around_compressor(now, split.search);
  const std::vector<dsp::StereoLink> links = possible_links(seen.dry);
  const CompressorData data(seen, links);
  const TopologySearchOptions search{.threads = options.threads, .look_around = look != TopologyLook::first};
  if (look == TopologyLook::around) return improve_topologies(data, last, links, search);
  const CompressorData heat(around_compressor(now, split.heat), std::span(links).first(1));
  return look == TopologyLook::first ? search_topologies(heat, data, links, search)
                                     : search_widely(heat, data, last.front(), links, search);
}

// Topologies race on the search excerpt as the compressor of this chain sees it; the best of them are moved
// together with the equaliser, and the one that then leaves least is taken. `fits`: the best of the last
// race, which become those of this one.
ChainModel with_best_topology(const ChainModel& now, const PairSplit& split, std::vector<CompressorFit>& fits,
                              TopologyLook look, const PairedFitOptions& options) {
  fits = race(now, split, fits, look, options);
  const double far = kHopelessCost * fits.front().cost;
  std::erase_if(fits, [&](const CompressorFit& fit) { return fit.cost > far; });
  std::vector<ChainModel> models(fits.size(), now);
  for (std::size_t i = 0; i < fits.size(); ++i) models[i].compressor = fits[i].topology;
  ErrorModel error = estimate_chain_error(models.front(), split.search);
  error.relative = std::max(error.relative, kUnfinished);
  const JointFitOptions few = joint_options(options, kStride, kFirstSteps);
  std::vector<JointFit> found(models.size());
  parallel_for(models.size(), options.threads,
               [&](std::size_t i) { found[i] = fit_jointly(split.search, models[i], error, few); });
  const auto best = std::ranges::min_element(found, {}, &JointFit::cost);
  const ChainModel settled = moved(best->model, split.search, options);
  const auto leader = fits.begin() + (best - found.begin());
  leader->topology = settled.compressor;
  leader->point = to_point(settled.compressor);
  std::rotate(fits.begin(), leader, leader + 1);
  return settled;
}

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
    ++rounds_;
    const TopologyLook look = fits_.empty() ? TopologyLook::first : TopologyLook::around;
    ChainModel now = with_best_topology(best_, split_, fits_, look, options_);
    now.compressor.stereo_link = best_link(now, split_.fit);
    double error = model_error(now, split_.fit);
    if (filter_would_help(now, split_.fit)) {
      const Result<ChainModel> other = with_fresh_equaliser(now, error);
      if (!other) return tl::unexpected(other.error());
      const double fresh = model_error(*other, split_.fit);
      if (fresh < error) now = *other, error = fresh;
    }
    settled_ = error > kSettled * error_;
    if (error < error_) best_ = now, error_ = error;
    return {};
  }
  bool settled() const { return settled_; }
  bool is_hopeless_beside(double least) const {
    return least < kNear && error_ > (rounds_ > 1 ? kHopeless : kHopelessAtFirst) * least;
  }
  double error() const { return error_; }
  const ChainModel& model() const { return best_; }

 private:
  // As many bands as the pair shows once this compressor is taken off, moved together with it.
  Result<ChainModel> with_fresh_equaliser(const ChainModel& now, double error) {
    Transfer filter = around_equaliser(now, split_.fit);
    raise_noise(filter, kSpread * error);
    const Result<PairedEq> eq = fit_paired_eq(filter, BandSearch::quick, options_);
    if (!eq) return tl::unexpected(eq.error());
    ChainModel other = now;
    other.eq = eq->eq;
    take_level(other, eq->gain_db);
    return moved(other, split_.search, options_);
  }

  const PairSplit& split_;
  const PairedFitOptions& options_;
  std::vector<CompressorFit> fits_;
  ChainModel best_;
  double error_ = 1e300;
  int rounds_ = 0;
  bool settled_ = false;
};

// Bands that came to nothing beside the others, if any is left then.
void drop_idle_bands(effects::EqParams& eq) {
  effects::EqParams kept = eq;
  kept.bands.clear();
  for (const effects::EqBand& band : eq.bands) {
    if (std::abs(band.gain_db) >= kIdleDb) kept.bands.push_back(band);
  }
  if (!kept.bands.empty()) eq = kept;
}

// The first seconds of an excerpt.
PairExcerpt short_excerpt(const PairExcerpt& excerpt) {
  const auto wanted = static_cast<std::size_t>(kShortS * excerpt.rate_hz);
  const std::size_t frames = std::min(excerpt.dry.frames(), excerpt.warm_up_frames + wanted);
  PairExcerpt out;
  out.rate_hz = excerpt.rate_hz;
  out.warm_up_frames = excerpt.warm_up_frames;
  out.dry = cut(excerpt.dry, 0, frames);
  out.wet = cut(excerpt.wet, 0, frames);
  return out;
}

// First on some seconds, then on all of them.
ChainModel refined(ChainModel now, const PairExcerpt& fit, const PairedFitOptions& options) {
  const PairExcerpt part = short_excerpt(fit);
  for (const PairExcerpt* excerpt : {&part, &fit}) {
    const ErrorModel error = estimate_chain_error(now, *excerpt);
    now = fit_jointly(*excerpt, now, error, joint_options(options, 1, kRefineSteps)).model;
    if (excerpt == &part) drop_idle_bands(now.eq);
  }
  return now;
}

// The equaliser anew, as the pair shows it once this compressor is taken off.
Result<ChainModel> with_new_equaliser(const ChainModel& now, const PairExcerpt& fit, BandSearch search,
                                      const PairedFitOptions& options) {
  const Result<PairedEq> eq = fit_paired_eq(around_equaliser(now, fit), search, options);
  if (!eq) return tl::unexpected(eq.error());
  ChainModel other = now;
  other.eq = eq->eq;
  take_level(other, eq->gain_db);
  return other;
}

// The same equaliser with the bands that what it leaves asks for.
Result<ChainModel> with_more_bands(const ChainModel& now, const PairExcerpt& fit,
                                   const PairedFitOptions& options) {
  const auto bands = static_cast<int>(now.eq.bands.size());
  if (options.bands != kAutoBands || bands >= options.max_bands) return now;
  PairedFitOptions rest = options;
  rest.max_bands = options.max_bands - bands;
  const audio::AudioBuffer played = run_model(now, fit.dry, fit.rate_hz);
  audio::AudioBuffer room;
  const Transfer left = measure_transfer(played, unclipped_wet(now, fit, room), fit.rate_hz);
  const Result<PairedEq> eq = fit_paired_eq(left, BandSearch::thorough, rest);
  if (!eq) return tl::unexpected(eq.error());
  ChainModel other = now;
  for (const effects::EqBand& band : eq->eq.bands) other.eq.bands.push_back(band);
  take_level(other, eq->gain_db);
  return other;
}

}  // namespace

bool filter_would_help(const ChainModel& model, const PairExcerpt& excerpt) {
  const audio::AudioBuffer out = run_model(model, excerpt.dry, excerpt.rate_hz);
  audio::AudioBuffer room;
  const audio::AudioBuffer& wet = unclipped_wet(model, excerpt, room);
  return share_left_by_filter(measure_transfer(out, wet, excerpt.rate_hz)) < kWorthwhile;
}

PairExcerpt around_compressor(const ChainModel& model, const PairExcerpt& pair) {
  PairExcerpt out = pair;
  if (model.kind == ChainKind::eq_then_compressor)
    out.dry = equalise(pair.dry, model.eq, pair.rate_hz, Direction::apply);
  if (model.kind == ChainKind::compressor_then_eq) {
    audio::AudioBuffer room;
    out.wet = equalise(unclipped_wet(model, pair, room), model.eq, pair.rate_hz, Direction::undo);
    mark_clipped(pair.wet, out.wet);
  }
  return out;
}

Result<ChainModel> search_chain(std::span<const ChainKind> kinds, const PairSplit& split,
                                const GainSeparation& separation, const PairedFitOptions& options) {
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
    return search->is_hopeless_beside(error(left.front()));
  };
  for (int round = 1; round < kRounds; ++round) {
    std::ranges::stable_sort(left, {}, error);
    if (error(left.front()) < kNear && std::all_of(left.begin() + 1, left.end(), is_hopeless)) break;
    // The better one first: what it comes to may tell that there is no need to go on with the other.
    for (ChainSearch* search : left) {
      if (search->settled() || is_hopeless(search)) continue;
      if (const Result<void> ok = search->round(); !ok) return tl::unexpected(ok.error());
    }
  }
  return (*std::ranges::min_element(left, {}, error))->model();
}

Result<ChainModel> refine_chain(const ChainModel& model, const PairSplit& split,
                                const PairedFitOptions& options) {
  const PairExcerpt& fit = split.fit;
  ChainModel now = refined(model, fit, options);
  double error = model_error(now, fit);
  const auto take_if_better = [&](const ChainModel& other) {
    const ChainModel tried = moved(other, fit, options);
    if (model_error(tried, fit) > error) return;
    const ChainModel better = refined(tried, fit, options);
    const double better_error = model_error(better, fit);
    if (better_error < error) now = better, error = better_error;
  };
  // The search looked for bands through a compressor only roughly taken off, and for the topology through
  // bands only roughly known; what is moved jointly keeps both. With all refined, others may show.
  const auto unexplained = [&] { return error > kExact && error_over_noise(now, fit) > kFarFromNoise; };
  for (int look = 0; look < kLooks && unexplained(); ++look) {
    const double before = error;
    const Result<ChainModel> anew = with_new_equaliser(now, fit, BandSearch::thorough, options);
    if (!anew) return anew;
    take_if_better(*anew);
    const Result<ChainModel> more = with_more_bands(now, fit, options);
    if (!more) return more;
    take_if_better(*more);
    if (unexplained()) {
      std::vector<CompressorFit> leader{{.topology = now.compressor, .point = to_point(now.compressor)}};
      take_if_better(with_best_topology(now, split, leader, TopologyLook::wide, options));
    }
    if (error > kSettled * before) break;
  }
  // In time, loud frequencies decide. The equaliser's last word is on what each frequency tells.
  const Result<ChainModel> anew = with_new_equaliser(now, fit, BandSearch::quick, options);
  if (!anew) return anew;
  if (model_error(*anew, fit) < kNoWorse * error) now = *anew;
  const Result<ChainModel> more = with_more_bands(now, fit, options);
  if (!more) return more;
  return model_error(*more, fit) < kNoWorse * error ? *more : now;
}

ModelError measure_error(const audio::AudioBuffer& played, const PairExcerpt& excerpt) {
  ModelError sum;
  for (int c = 0; c < played.channels(); ++c) {
    const auto y = excerpt.wet.channel(c).subspan(excerpt.warm_up_frames);
    const auto z = played.channel(c).subspan(excerpt.warm_up_frames);
    for (std::size_t n = 0; n < y.size(); ++n) {
      if (is_clipped(y[n])) continue;
      const double d = static_cast<double>(y[n]) - z[n];
      sum.error += d * d;
      sum.energy += static_cast<double>(y[n]) * y[n];
    }
  }
  return sum;
}

ModelError measure_error(const ChainModel& model, const PairExcerpt& excerpt) {
  return measure_error(run_model(model, excerpt.dry, excerpt.rate_hz), excerpt);
}

double model_error(const ChainModel& model, const PairExcerpt& excerpt) {
  return measure_error(model, excerpt).ratio();
}

}  // namespace aapp::fit
