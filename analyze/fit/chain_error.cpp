#include "analyze/fit/chain_error.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "analyze/fit/clipped_samples.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/transfer.h"

namespace aapp::fit {

double share_left_by_filter(const ChainModel& model, const PairExcerpt& excerpt) {
  const audio::AudioBuffer out = run_model(model, excerpt.dry, excerpt.rate_hz);
  audio::AudioBuffer room;
  const audio::AudioBuffer& wet = unclipped_wet(model, excerpt, room);
  return share_left_by_filter(measure_transfer(out, wet, excerpt.rate_hz));
}

bool filter_would_help(const ChainModel& model, const PairExcerpt& excerpt) {
  return share_left_by_filter(model, excerpt) < kWorthwhile;
}

ModelError measure_error(const audio::AudioBuffer& played, const PairExcerpt& excerpt) {
  std::vector<ModelError> sums(static_cast<std::size_t>(played.channels()));
  parallel_for(sums.size(), [&](std::size_t i) {
    const int c = static_cast<int>(i);
    const auto y = excerpt.wet.channel(c).subspan(excerpt.warm_up_frames);
    const auto z = played.channel(c).subspan(excerpt.warm_up_frames);
    ModelError sum;
    for (std::size_t n = 0; n < y.size(); ++n) {
      if (is_clipped(y[n])) continue;
      const double d = static_cast<double>(y[n]) - z[n];
      sum.error += d * d;
      sum.energy += static_cast<double>(y[n]) * y[n];
    }
    sums[i] = sum;
  });
  ModelError all;
  for (const ModelError& sum : sums) all.error += sum.error, all.energy += sum.energy;
  return all;
}

ModelError measure_error(const ChainModel& model, const PairExcerpt& excerpt) {
  return measure_error(run_model(model, excerpt.dry, excerpt.rate_hz), excerpt);
}

double model_error(const ChainModel& model, const PairExcerpt& excerpt) {
  return measure_error(model, excerpt).ratio();
}

PairExcerpt with_start(const PairExcerpt& pair) {
  PairExcerpt all = pair;
  all.warm_up_frames = 0;
  return all;
}

}  // namespace aapp::fit
