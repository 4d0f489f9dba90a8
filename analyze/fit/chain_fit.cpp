#include "analyze/fit/chain_fit.h"

#include <algorithm>
#include <array>

#include "analyze/fit/joint_fit.h"
#include "analyze/fit/paired_eq.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"

namespace aapp::fit {
namespace {

constexpr int kRounds = 3;
constexpr double kShortS = 8.0;
// A round that leaves more than this share of the last one's error is the last.
constexpr double kSettled = 0.8;
// An order whose error is this many times the other's is given up.
constexpr double kHopeless = 4.0;
constexpr std::size_t kStride = 4;  // of residuals, while searching
constexpr int kFirstSteps = 4, kSearchSteps = 8, kRefineSteps = 8, kRefinements = 2;
// The relative error that is assumed where the model is known to be unfinished.
constexpr double kUnfinished = 0.05;
// Share of the unexplained energy that a compressor only roughly taken off leaves at each frequency.
constexpr double kSpread = 3e-5;
// What the last look at the equaliser may add to the error: noise.
constexpr double kNoWorse = 1.05;

// The transfer that the equaliser of this chain sees, the compressor being taken off.
Transfer around_equaliser(const ChainModel& model, const PairExcerpt& pair) {
  const int rate_hz = pair.rate_hz;
  if (model.kind == ChainKind::eq_then_compressor) {
    const audio::AudioBuffer driver = equalise(pair.dry, model.eq, rate_hz, Direction::apply);
    return measure_transfer(pair.dry, compress(pair.wet, driver, model.compressor, rate_hz, Direction::undo),
                            rate_hz);
  }
  return measure_transfer(compress(pair.dry, pair.dry, model.compressor, rate_hz, Direction::apply), pair.wet,
                          rate_hz);
}

JointFitOptions joint_options(const PairedFitOptions& options, std::size_t stride, int steps) {
  return {.max_iterations = steps,
          .stride = stride,
          .frequency_hz = options.frequency_hz,
          .max_gain_db = options.max_gain_db,
          .max_q = options.max_q};
}

// One order, improved round by round.
class ChainSearch {
 public:
  ChainSearch(ChainKind kind, const PairSplit& split, const effects::EqParams& start,
              const PairedFitOptions& options)
      : split_(split), options_(options), short_(short_excerpt(split.fit)) {
    best_.kind = kind;
    best_.eq = start;
  }

  Result<void> round() {
    ChainModel now = with_best_topology(best_);
    double error = model_error(now, short_);
    if (filter_would_help(now, short_)) {
      const Result<ChainModel> other = with_fresh_equaliser(now, error);
      if (!other) return tl::unexpected(other.error());
      const double fresh = model_error(*other, short_);
      if (fresh < error) now = *other, error = fresh;
    }
    settled_ = error > kSettled * error_;
    if (error < error_) best_ = now, error_ = error;
    return {};
  }
  bool settled() const { return settled_; }
  double error() const { return error_; }
  const ChainModel& model() const { return best_; }

 private:
  // Topologies race on the search excerpt as the compressor of this chain sees it; the best of them are
  // moved together with the equaliser, and the one that then leaves least is taken.
  ChainModel with_best_topology(const ChainModel& now) {
    const PairExcerpt seen = around_compressor(now, split_.search);
    const std::vector<dsp::StereoLink> links = possible_links(seen.dry);
    const CompressorData data(seen, links);
    const CompressorData heat(around_compressor(now, split_.heat), std::span(links).first(1));
    fits_ = fits_.empty() ? search_topologies(heat, data, links, {.threads = options_.threads})
                          : improve_topologies(data, fits_, links, {.threads = options_.threads});
    std::vector<ChainModel> models(fits_.size(), now);
    for (std::size_t i = 0; i < fits_.size(); ++i) models[i].compressor = fits_[i].topology;
    ErrorModel error = estimate_chain_error(models.front(), split_.search);
    error.relative = std::max(error.relative, kUnfinished);
    std::vector<JointFit> found(models.size());
    parallel_for(models.size(), options_.threads, [&](std::size_t i) {
      found[i] = fit_jointly(split_.search, models[i], error, joint_options(options_, kStride, kFirstSteps));
    });
    const auto best = std::ranges::min_element(found, {}, &JointFit::cost);
    const ChainModel settled = moved(best->model, split_.search);
    const auto leader = fits_.begin() + (best - found.begin());
    leader->topology = settled.compressor;
    leader->point = to_point(settled.compressor);
    std::rotate(fits_.begin(), leader, leader + 1);
    return settled;
  }

  // As many bands as the pair shows once this compressor is taken off, moved together with it.
  Result<ChainModel> with_fresh_equaliser(const ChainModel& now, double error) {
    Transfer filter = around_equaliser(now, short_);
    raise_noise(filter, kSpread * error);
    const Result<PairedEq> eq = fit_paired_eq(filter, BandSearch::quick, options_);
    if (!eq) return tl::unexpected(eq.error());
    ChainModel other = now;
    other.eq = eq->eq;
    other.compressor.makeup_db += eq->gain_db;
    return moved(other, split_.search);
  }

  ChainModel moved(const ChainModel& model, const PairExcerpt& pair) const {
    return fit_jointly(pair, model, estimate_chain_error(model, pair),
                       joint_options(options_, kStride, kSearchSteps))
        .model;
  }

  const PairSplit& split_;
  const PairedFitOptions& options_;
  PairExcerpt short_;
  std::vector<CompressorFit> fits_;
  ChainModel best_;
  double error_ = 1e300;
  bool settled_ = false;
};

}  // namespace

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

bool filter_would_help(const ChainModel& model, const PairExcerpt& excerpt) {
  const audio::AudioBuffer out = run_model(model, excerpt.dry, excerpt.rate_hz);
  return share_left_by_filter(measure_transfer(out, excerpt.wet, excerpt.rate_hz)) < kWorthwhile;
}

PairExcerpt around_compressor(const ChainModel& model, const PairExcerpt& pair) {
  PairExcerpt out = pair;
  if (model.kind == ChainKind::eq_then_compressor)
    out.dry = equalise(pair.dry, model.eq, pair.rate_hz, Direction::apply);
  if (model.kind == ChainKind::compressor_then_eq)
    out.wet = equalise(pair.wet, model.eq, pair.rate_hz, Direction::undo);
  return out;
}

Result<ChainModel> search_chain(std::span<const ChainKind> kinds, const PairSplit& split,
                                const GainSeparation& separation, const PairedFitOptions& options) {
  const PairExcerpt part = short_excerpt(split.fit);
  Transfer filter = measure_transfer(part.dry, without_gain(part.wet, separation.gain_db), part.rate_hz);
  raise_noise(filter, kSpread * separation.error);
  const Result<PairedEq> start = fit_paired_eq(filter, BandSearch::quick, options);
  if (!start) return tl::unexpected(start.error());
  PairedFitOptions each = options;
  each.threads = std::max(1, thread_count(options.threads) / static_cast<int>(kinds.size()));
  std::vector<ChainSearch> searches;
  for (const ChainKind kind : kinds) searches.emplace_back(kind, split, start->eq, each);
  const auto better = [](const ChainSearch& a, const ChainSearch& b) { return a.error() < b.error(); };
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Result<void>> done(searches.size());
    parallel_for(searches.size(), options.threads, [&](std::size_t i) {
      if (!searches[i].settled()) done[i] = searches[i].round();
    });
    for (const Result<void>& one : done) {
      if (!one) return tl::unexpected(one.error());
    }
    const double least = std::ranges::min_element(searches, better)->error();
    std::vector<ChainSearch> kept;
    for (const ChainSearch& search : searches) {
      if (search.error() <= kHopeless * least) kept.push_back(search);
    }
    searches.swap(kept);
  }
  return std::ranges::min_element(searches, better)->model();
}

Result<ChainModel> refine_chain(const ChainModel& model, const PairExcerpt& fit,
                                const PairedFitOptions& options) {
  ChainModel now = model;
  for (int i = 0; i < kRefinements; ++i) {
    const ErrorModel error = estimate_chain_error(now, fit);
    now = fit_jointly(fit, now, error, joint_options(options, 1, kRefineSteps)).model;
  }
  // In time, loud frequencies decide. The equaliser's last word is on what each frequency tells.
  const Result<PairedEq> eq = fit_paired_eq(around_equaliser(now, fit), BandSearch::quick, options);
  if (!eq) return tl::unexpected(eq.error());
  ChainModel other = now;
  other.eq = eq->eq;
  other.compressor.makeup_db += eq->gain_db;
  return model_error(other, fit) < kNoWorse * model_error(now, fit) ? other : now;
}

double model_error(const ChainModel& model, const PairExcerpt& excerpt) {
  const audio::AudioBuffer out = run_model(model, excerpt.dry, excerpt.rate_hz);
  double error = 0.0, energy = 0.0;
  for (int c = 0; c < out.channels(); ++c) {
    const auto y = excerpt.wet.channel(c).subspan(excerpt.warm_up_frames);
    const auto z = std::as_const(out).channel(c).subspan(excerpt.warm_up_frames);
    for (std::size_t n = 0; n < y.size(); ++n) {
      const double d = static_cast<double>(y[n]) - z[n];
      error += d * d;
      energy += static_cast<double>(y[n]) * y[n];
    }
  }
  return energy > 0.0 ? error / energy : 0.0;
}

}  // namespace aapp::fit
