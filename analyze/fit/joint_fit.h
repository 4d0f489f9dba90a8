// Equaliser and compressor of one chain, moved together: with both in the chain neither is seen alone, so
// what one of them gets wrong the other would have to make up for. One Ceres problem over all parameters,
// exact derivatives (chain_residuals.h), in the time domain, magnitude and phase at once.
#pragma once

#include "analyze/fit/band_limits.h"
#include "analyze/fit/chain_residuals.h"
#include "analyze/fit/step_path.h"

namespace aapp::fit {

struct JointFitOptions {
  int max_iterations = 10;  // steps on trial; by response, steps taken
  double tolerance = 1e-5;  // stop when a step lowers the cost by less than this share of it
  std::size_t stride = 1;   // every how many-th frame counts
  StepPath path = StepPath::coordinates;
  Range frequency_hz = kBandFrequencyHz;
  double max_gain_db = kMostBandGainDb;  // of a band
  double max_q = kHighestBandQ;
  int threads = 1;  // 0: one per core. Does not change the result
};

struct JointFit {
  ChainModel model;
  double cost = 0.0;  // half the robust mean of the squared whitened residuals
};

// From `start`, one of the two kinds with both.
JointFit fit_jointly(const PairExcerpt& excerpt, const ChainModel& start, const ErrorModel& error,
                     const JointFitOptions& options);

}  // namespace aapp::fit
