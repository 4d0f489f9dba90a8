// Whether what a model leaves of a pair is noise, or something that a better model would explain.
#pragma once

#include "analyze/fit/chain_model.h"
#include "analyze/fit/compressor_data.h"

namespace aapp::fit {

// What a model leaves of a pair.
struct ModelLeft {
  double error = 0.0;       // a share of the wet recording's energy (chain_error.h)
  double over_noise = 0.0;  // and times the noise: error_over_noise
};
ModelLeft left_by(const ChainModel& model, const PairExcerpt& excerpt);

// The energy of what the model leaves over that of noise alone: about 1 where nothing but noise is left. What
// the noise is, is known without any model: what no gain of a quarter of a millisecond explains where it is
// quiet, and no less than what rounding to 16 bits adds to a recording that was rounded so.
double error_over_noise(const ChainModel& model, const PairExcerpt& excerpt);

// Of this many times the noise's energy: the model is not quite right; a wrong one.
inline constexpr double kNearNoise = 1.004, kFarFromNoise = 1.02;

}  // namespace aapp::fit
