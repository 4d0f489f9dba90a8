// Finds the compressor that gives a source the level statistics of a reference, without a dry recording: the
// static curve by mapping level quantiles, attack and release from how the statistics at several time scales
// answer to them. What is simulated is dynamics_model.h; what is compared, dynamics_target.h.
//
// A compressor can only narrow a distribution of levels. Where the reference is wider than the source, or no
// setting brings the source clearly nearer, the answer is: none.
#pragma once

#include <optional>
#include <string>

#include "analyze/fit/dynamics_model.h"
#include "analyze/fit/dynamics_target.h"
#include "analyze/fit/level_series.h"
#include "analyze/fit/param_range.h"
#include "analyze/fit/uncertainty.h"
#include "common/effects/compressor.h"

namespace aapp::fit {

// How far a search may go.
struct DynamicsBounds {
  DynamicsVector low, high;
};
// `loudest_db`: the highest level that the compressor hears.
DynamicsBounds dynamics_bounds(double loudest_db, double max_ratio);
effects::CompressorParams to_compressor(const DynamicsVector& x);

// As far as the effect goes.
inline constexpr double kMostRatio = param_range(effects::kCompressorTable, "ratio").high;

struct DynamicsOptions {
  double max_ratio = kMostRatio;
  // Improve this one instead of looking everywhere.
  std::optional<effects::CompressorParams> start{};
  int threads = 0;  // 0: one per core. Does not change the result
};

struct DynamicsMatch {
  std::optional<effects::CompressorParams> compressor;  // make-up 0: the level is matched elsewhere
  // Distances (quantile_distance_db at 50 ms) of the source as it is and through the compressor.
  double before_db = 0.0;
  double after_db = 0.0;
  std::string remark;  // one sentence: what was found
};

DynamicsMatch match_dynamics(const LevelSeries& source, const DynamicsTarget& reference,
                             const DynamicsOptions& options);

// How well these recordings tell the parameters of such a compressor, named "threshold_db", "ratio" ...
UncertaintyReport dynamics_uncertainty(const LevelSeries& source, const DynamicsTarget& reference,
                                       const effects::CompressorParams& compressor,
                                       const DynamicsOptions& options);

}  // namespace aapp::fit
