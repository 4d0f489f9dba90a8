// The second half of the compressor as the fit runs it: from levels to the gain of each block, together with
// the gain's exact derivatives by every parameter, in one forward recursion (forward sensitivities). It runs
// the steps of dsp/compressor_model.h; a test holds its derivatives against those steps on ceres::Jet.
//
// The gain in dB is linear in two of its coordinates:
//   gain = offset - slope (threshold + S),   S >= 0 the smoothed dB over the threshold,   offset = makeup +
//   slope threshold
// Above the threshold that is offset - slope level, so offset and slope are what loud audio tells, and the
// threshold is left with what only levels near it tell: the coordinates in which the problem is well
// conditioned. The branch that the ballistics take is treated as constant: the state is continuous where they
// switch.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "analyze/fit/compressor_steps.h"
#include "analyze/fit/gain_trajectory.h"
#include "analyze/fit/level_input.h"
#include "common/effects/compressor.h"

namespace aapp::fit {

// The order of the coordinates in vectors, Jacobians and covariances.
enum CompressorCoordinate : std::size_t {
  kThresholdDb,
  kKneeDb,
  kLnAttack,   // of ms
  kLnRelease,  // of ms
  kLnWindow,   // of ms; detectors with a window only
  kSlope,      // 1 - 1 / ratio
  kOffsetDb,   // makeup + slope * threshold
  kCompressorCoordinates
};

using CompressorPoint = std::array<double, kCompressorCoordinates>;

CompressorPoint to_point(const effects::CompressorParams& params);
// The musician's values; what a point does not hold (topology, mix) is taken from `topology`.
effects::CompressorParams to_params(const CompressorPoint& point, const effects::CompressorParams& topology);

// What the model predicts of one lane: sum over a block of x^2 gain, and its derivatives in the order of the
// coordinates.
struct BlockPrediction {
  std::vector<double> gain;                                          // one per block
  std::vector<std::array<double, kCompressorCoordinates>> jacobian;  // empty unless asked for
};

// Runs over the whole lane from the released state.
void predict_blocks(const effects::CompressorParams& topology, const CompressorPoint& point,
                    const LevelInput& level, const GainLane& lane, double rate_hz, Derivatives derivatives,
                    BlockPrediction& out);

// The gain in dB of every frame, make-up included.
std::vector<float> predict_gain_db(const effects::CompressorParams& topology, const CompressorPoint& point,
                                   const LevelInput& level, double rate_hz);

}  // namespace aapp::fit
