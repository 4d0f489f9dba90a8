#include "analyze/fit/open_knee.h"

#include <algorithm>
#include <array>
#include <vector>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/chain_moves.h"
#include "analyze/fit/compressor_fit.h"
#include "analyze/fit/parallel.h"

namespace aapp::fit {
namespace {

// An error that differs by less than this says nothing: of a million samples' noise, it is that of one. One
// that is this much larger with the start is the start's.
constexpr double kSameError = 1.000001, kStartIsOff = 4.0;
// What a fit to both may leave more of the rest.
constexpr double kNoWorse = 1.05;
constexpr std::array kLowerDb{0.0, 6.0, 12.0, 18.0};
constexpr int kSteps = 30;

PairExcerpt with_start(const PairExcerpt& pair) {
  PairExcerpt all = pair;
  all.warm_up_frames = 0;
  return all;
}

// The compressor fitted to all of this, from where it is and from likely knees at its upper end and below.
ChainModel refitted(const ChainModel& found, const PairExcerpt& all, const ErrorModel& error) {
  const std::array links{found.compressor.stereo_link};
  const CompressorData data(around_compressor(found, all), links);
  std::vector<CompressorPoint> starts{to_point(found.compressor)};
  for (const double lower_db : kLowerDb) {
    starts.push_back(to_point(with_knee(found, kLikelyKneeDb).compressor));
    starts.back()[kThresholdDb] -= lower_db;
  }
  std::vector<CompressorFit> fits(starts.size());
  parallel_for(fits.size(), [&](std::size_t i) {
    fits[i] = fit_compressor(data, found.compressor, starts[i], {.error = error, .max_iterations = kSteps});
  });
  ChainModel best = found;
  best.compressor = std::ranges::min_element(fits, {}, &CompressorFit::cost)->topology;
  return best;
}

ErrorModel error_of(const ChainModel& found, const PairExcerpt& pair) {
  const std::array links{found.compressor.stereo_link};
  const CompressorData data(around_compressor(found, pair), links);
  return estimate_error(block_residuals(data, found.compressor, to_point(found.compressor)));
}

}  // namespace

ChainModel with_open_knee_settled(const ChainModel& found, const PairExcerpt& fit) {
  if (!has_compressor(found.kind)) return found;
  const double error = model_error(found, fit);
  if (fit.from_start && fit.warm_up_frames > 0) {
    const PairExcerpt all = with_start(fit);
    const double most = kStartIsOff * error;
    if (model_error(found, all) < most) return found;
    const ChainModel from_rest = refitted(found, all, error_of(found, fit));
    if (model_error(from_rest, all) < most && model_error(from_rest, fit) < kNoWorse * error)
      return from_rest;
  }
  const ChainModel likely = with_knee(found, kLikelyKneeDb);
  return model_error(likely, fit) < kSameError * error ? likely : found;
}

}  // namespace aapp::fit
