#include "analyze/fit/open_knee.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/chain_moves.h"
#include "analyze/fit/compressor_fit.h"
#include "analyze/fit/parallel.h"

namespace aapp::fit {
namespace {

// An error that differs by less than this says nothing: of a million samples' noise, it is that of one. Audio
// that leaves this many times as much may show what the rest does not.
constexpr double kSameError = 1.000001, kFallsShort = 4.0;
// An error that nobody hears, however much larger than that of the rest.
constexpr double kInaudible = 1e-8;
// What a fit to that may leave more of the rest.
constexpr double kNoWorse = 1.05;
constexpr std::array kUnderLoudDb{3.0, 7.0, 11.0, 15.0, 20.0, 26.0, 32.0};
constexpr int kFirstSteps = 6, kSteps = 30;
constexpr std::size_t kFinalists = 2;

// Above a knee it makes no difference whether the level is smoothed in dB or the gain.
std::vector<dsp::Smoothing> alike_above(dsp::Smoothing smoothing) {
  if (smoothing != dsp::Smoothing::gain_db && smoothing != dsp::Smoothing::level_db) return {smoothing};
  return {dsp::Smoothing::gain_db, dsp::Smoothing::level_db};
}

// The compressor as it was found, and with likely knees anywhere on the same line.
std::vector<CompressorFit> starts_on_line(const effects::CompressorParams& found, double loud_db) {
  std::vector<CompressorFit> starts;
  for (const dsp::Smoothing smoothing : alike_above(found.smoothing)) {
    CompressorFit start = fit_of(found);
    start.topology.smoothing = smoothing;
    starts.push_back(start);
    start.point[kKneeDb] = kLikelyKneeDb;
    for (const double under_db : kUnderLoudDb) {
      start.point[kThresholdDb] = loud_db - under_db;
      starts.push_back(start);
    }
  }
  return starts;
}

// The compressor fitted to all of this.
ChainModel refitted(const ChainModel& found, const PairExcerpt& all, const ErrorModel& error) {
  const std::array links{found.compressor.stereo_link};
  const CompressorData data(around_compressor(found, all), links);
  std::vector<CompressorFit> fits = starts_on_line(found.compressor, data.loud_db());
  for (const int steps : {kFirstSteps, kSteps}) {
    parallel_for(fits.size(), [&](std::size_t i) {
      fits[i] =
          fit_compressor(data, fits[i].topology, fits[i].point, {.error = error, .max_iterations = steps});
    });
    std::ranges::stable_sort(fits, {}, &CompressorFit::cost);
    fits.resize(std::min(fits.size(), kFinalists));
  }
  ChainModel best = found;
  best.compressor = fits.front().topology;
  return best;
}

ErrorModel error_of(const ChainModel& found, const PairExcerpt& pair) {
  const std::array links{found.compressor.stereo_link};
  const CompressorData data(around_compressor(found, pair), links);
  return estimate_error(block_residuals(data, found.compressor, to_point(found.compressor)));
}

// The chain, as it is or fitted to what these tell, if it explains them, and what it was found on as before.
std::optional<FoundChain> told_by(const PairExcerpt& more, const FoundChain& now, const PairExcerpt& fit) {
  const double most = kFallsShort * std::max(now.error, kInaudible);
  if (model_error(now.model, more) < most) return now;
  FoundChain other{refitted(now.model, more, error_of(now.model, fit))};
  other.error = model_error(other.model, fit);
  const bool explains = other.error < kNoWorse * now.error && model_error(other.model, more) < most;
  return explains ? std::optional(other) : std::nullopt;
}

// Whether another knee at the same upper end is as good.
bool is_open(const FoundChain& now, const PairExcerpt& fit) {
  const ChainModel wider = with_knee(now.model, now.model.compressor.knee_db + kLikelyKneeDb);
  return model_error(wider, fit) < kSameError * now.error;
}

}  // namespace

ChainModel with_open_knee_settled(const ChainModel& found, const PairSplit& split) {
  if (!has_compressor(found.kind)) return found;
  const PairExcerpt& fit = split.fit;
  FoundChain now{found, model_error(found, fit)};
  // Where the curve is known, it is what came before the held-out audio that this does not explain.
  if (is_open(now, fit)) now = told_by(split.held_out, now, fit).value_or(now);
  if (fit.from_start && fit.warm_up_frames > 0) {
    if (const auto told = told_by(with_start(fit), now, fit)) return told->model;
  }
  const ChainModel likely = with_knee(now.model, kLikelyKneeDb);
  const bool open = model_error(likely, fit) < kSameError * now.error &&
                    model_error(likely, split.held_out) < kSameError * model_error(now.model, split.held_out);
  return open ? likely : now.model;
}

}  // namespace aapp::fit
