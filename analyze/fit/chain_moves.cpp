#include "analyze/fit/chain_moves.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/clipped_samples.h"
#include "analyze/fit/paired_eq.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"
#include "analyze/fit/topology_search.h"

namespace aapp::fit {
namespace {

// Topologies whose error is so much larger than the best one's where they race need not be moved jointly.
constexpr double kHopelessCost = 3.0;
constexpr int kFirstSteps = 4, kSearchSteps = 8;
// A chain that leaves this many times as much of the fit excerpt as of the search excerpt may have a knee
// that only the first shows.
constexpr double kLeavesMore = 2.0;
// An RMS window shorter than this may be none; then a peak detector's error may be so many times as large.
constexpr double kShortWindowMs = 2.0, kFarMore = 1.5;
constexpr std::array kKneesDb{0.0, 4.0, 9.0, 16.0, 25.0};

// A mean over next to nothing is a peak detector's level, and its window one more parameter that fits what
// else is missing: moved as either of them, and as the peak detector unless that leaves far more.
ChainModel moved_or_as_peak(const ChainModel& model, const PairExcerpt& pair,
                            const PairedFitOptions& options) {
  std::vector<FoundChain> found{{model}};
  const effects::CompressorParams& compressor = model.compressor;
  if (compressor.detector != dsp::Detector::peak && compressor.rms_window_ms < kShortWindowMs) {
    found.push_back({model});
    found.back().model.compressor.detector = dsp::Detector::peak;
  }
  parallel_for(found.size(), [&](std::size_t i) {
    found[i].model = moved(found[i].model, pair, options);
    found[i].error = model_error(found[i].model, pair);
  });
  return found.back().error < kFarMore * found.front().error ? found.back().model : found.front().model;
}

// The links to race with, that of the first heat first. A first look knows one only. A wide one starts with
// the known link: where channels differ, another hears other levels, and the right topology does not show.
// Channels that are alike tell nothing of a link that other audio showed, so all fits get that one.
std::vector<dsp::StereoLink> links_to_race(const audio::AudioBuffer& dry, TopologyLook look,
                                           std::vector<CompressorFit>& last) {
  std::vector<dsp::StereoLink> links = possible_links(dry);
  if (links.size() == 1 && !last.empty()) {
    links.front() = last.front().topology.stereo_link;
    for (CompressorFit& fit : last) fit.topology.stereo_link = links.front();
  }
  if (look == TopologyLook::first) links.resize(1);
  if (look == TopologyLook::wide) {
    const auto known = std::ranges::find(links, last.front().topology.stereo_link);
    std::rotate(links.begin(), known, known + 1);
  }
  return links;
}

}  // namespace

PairExcerpt around_compressor(const ChainModel& model, const PairExcerpt& pair) {
  PairExcerpt out{.rate_hz = pair.rate_hz,
                  .dry = {},
                  .wet = {},
                  .filtered = {},
                  .warm_up_frames = pair.warm_up_frames,
                  .from_start = pair.from_start};
  out.dry = model.kind == ChainKind::eq_then_compressor
                ? equalise(pair.dry, model.eq, pair.rate_hz, Direction::apply)
                : pair.dry;
  if (model.kind == ChainKind::compressor_then_eq) {
    audio::AudioBuffer room;
    out.wet = equalise(unclipped_wet(model, pair, room), model.eq, pair.rate_hz, Direction::undo);
    mark_clipped(pair.wet, out.wet);
    // A gain that moves and a filter nearly commute: a pass of 80 Hz before it or behind it leaves -60 dB.
    if (const effects::EqParams passes = passes_of(model.eq); !passes.bands.empty())
      out.filtered = equalise(pair.dry, passes, pair.rate_hz, Direction::apply);
  } else {
    out.wet = pair.wet;
  }
  return out;
}

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

ChainModel with_equaliser(ChainModel model, const PairedEq& found) {
  model.eq = found.eq;
  model.compressor.makeup_db += found.gain_db;
  if (model.kind == ChainKind::eq_then_compressor) model.compressor.threshold_db -= found.gain_db;
  return model;
}

Result<ChainModel> with_better_equaliser(const ChainModel& now, const PairExcerpt& fit,
                                         const PairedFitOptions& options) {
  return improve_paired_eq(around_equaliser(now, fit), now.eq, options).map([&](const PairedEq& eq) {
    return with_equaliser(now, eq);
  });
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
  const JointFitOptions few = joint_options(options, kSearchStride, kSearchSteps);
  return fit_jointly(pair, model, estimate_chain_error(model, pair), few).model;
}

ChainModel moved_by_response(const ChainModel& model, const PairExcerpt& pair,
                             const PairedFitOptions& options) {
  JointFitOptions few = joint_options(options, kSearchStride, kSearchSteps);
  few.tolerance = kWorthAStep;
  few.path = StepPath::response;
  return fit_jointly(pair, model, estimate_chain_error(model, pair), few).model;
}

std::vector<CompressorFit> race_topologies(const ChainModel& now, const PairSplit& split,
                                           std::vector<CompressorFit> last, TopologyLook look,
                                           const PairedFitOptions& options) {
  const PairExcerpt seen = around_compressor(now, split.search);
  const std::vector<dsp::StereoLink> links = links_to_race(seen.dry, look, last);
  const CompressorData data(seen, links);
  const bool look_around = look == TopologyLook::around || look == TopologyLook::wide;
  const TopologySearchOptions search{.threads = options.threads, .look_around = look_around};
  if (look == TopologyLook::given || look == TopologyLook::around)
    return improve_topologies(data, last, links, search);
  const CompressorData heat(around_compressor(now, split.heat), std::span(links).first(1));
  return look == TopologyLook::first ? search_topologies(heat, data, links, search)
                                     : search_widely(heat, data, last.front(), links, search);
}

std::vector<CompressorFit> race_links(const ChainModel& now, const PairSplit& split,
                                      const std::vector<CompressorFit>& fits,
                                      const PairedFitOptions& options) {
  const PairExcerpt seen = around_compressor(now, split.search);
  const std::vector<dsp::StereoLink> links = possible_links(seen.dry);
  if (links.size() == 1) return fits;
  return choose_link(CompressorData(seen, links), fits, links, {.threads = options.threads});
}

FoundChain with_best_link(const ChainModel& model, const PairExcerpt& excerpt) {
  const std::vector<dsp::StereoLink> links = possible_links(excerpt.dry);
  std::vector<FoundChain> found(links.size(), FoundChain{model});
  parallel_for(links.size(), [&](std::size_t i) {
    found[i].model.compressor.stereo_link = links[i];
    found[i].error = model_error(found[i].model, excerpt);
  });
  return *std::ranges::min_element(found, {}, &FoundChain::error);
}

ChainModel with_knee(const ChainModel& model, double knee_db) {
  CompressorPoint point = to_point(model.compressor);
  const Range threshold_db = coordinate_bounds(kThresholdDb);
  point[kThresholdDb] =
      std::clamp(point[kThresholdDb] + 0.5 * (point[kKneeDb] - knee_db), threshold_db.low, threshold_db.high);
  point[kKneeDb] = knee_db;
  ChainModel other = model;
  other.compressor = to_params(point, model.compressor);
  return other;
}

FoundChain with_best_knee(const FoundChain& now, const PairSplit& split) {
  if (now.error < kLeavesMore * model_error(now.model, split.search)) return now;
  std::array<FoundChain, kKneesDb.size()> found;
  parallel_for(found.size(), [&](std::size_t i) {
    found[i].model = with_knee(now.model, kKneesDb[i]);
    found[i].error = model_error(found[i].model, split.fit);
  });
  const FoundChain& best = *std::ranges::min_element(found, {}, &FoundChain::error);
  return best.error < now.error ? best : now;
}

ChainModel with_best_topology(const ChainModel& now, const PairSplit& split, std::vector<CompressorFit>& fits,
                              const PairedFitOptions& options) {
  const double far = kHopelessCost * fits.front().cost;
  std::erase_if(fits, [&](const CompressorFit& fit) { return fit.cost > far; });
  std::vector<ChainModel> models(fits.size(), now);
  for (std::size_t i = 0; i < fits.size(); ++i) models[i].compressor = fits[i].topology;
  ErrorModel error = estimate_chain_error(models.front(), split.search);
  error.relative = std::max(error.relative, kUnfinished);
  const JointFitOptions few = joint_options(options, kSearchStride, kFirstSteps);
  std::vector<JointFit> found(models.size());
  parallel_for(models.size(), options.threads,
               [&](std::size_t i) { found[i] = fit_jointly(split.search, models[i], error, few); });
  const auto best = std::ranges::min_element(found, {}, &JointFit::cost);
  const ChainModel settled = moved_or_as_peak(best->model, split.search, options);
  const auto leader = fits.begin() + (best - found.begin());
  leader->topology = settled.compressor;
  leader->point = to_point(settled.compressor);
  std::rotate(fits.begin(), leader, leader + 1);
  return settled;
}

}  // namespace aapp::fit
