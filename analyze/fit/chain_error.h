// What a chain's model leaves of a pair.
#pragma once

#include "analyze/fit/chain_model.h"
#include "analyze/fit/compressor_data.h"

namespace aapp::fit {

// What a filter behind this model, however free, would leave of what it leaves, as a share of energy.
double share_left_by_filter(const ChainModel& model, const PairExcerpt& excerpt);

// Whether it would explain a worthwhile share.
bool filter_would_help(const ChainModel& model, const PairExcerpt& excerpt);

// A more complex chain has to leave less than this share of a simpler one's error (about 1 dB).
inline constexpr double kWorthwhile = 0.8;

// Energy of wet - model(dry), and of wet; warm-up and samples at which the wet recording clips left out.
struct ModelError {
  double error = 0.0, energy = 0.0;
  double ratio() const { return energy > 0.0 ? error / energy : 0.0; }
};
ModelError measure_error(const ChainModel& model, const PairExcerpt& excerpt);
// The same of what the model makes of the dry recording.
ModelError measure_error(const audio::AudioBuffer& played, const PairExcerpt& excerpt);
// Its ratio.
double model_error(const ChainModel& model, const PairExcerpt& excerpt);

// The excerpt with its warm-up compared too: the start of a recording, if it is not cut from a longer take.
PairExcerpt with_start(const PairExcerpt& pair);

// A model and this error, of the excerpt that the context tells.
struct FoundChain {
  ChainModel model;
  double error = 0.0;
};

}  // namespace aapp::fit
