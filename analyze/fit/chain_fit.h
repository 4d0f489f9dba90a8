// An equaliser and a compressor in a given order, fitted to a pair. The gain is told apart from the filter
// (gain_separation.h), which gives the equaliser to start from; with it taken off, the topologies race; the
// best of them are moved together with the equaliser (joint_fit.h). Then both are looked at afresh through
// what was found of the other, until nothing better turns up.
#pragma once

#include <span>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/gain_separation.h"
#include "analyze/fit/pair_region.h"

namespace aapp::fit {

// The best chain of these kinds (those with both), from the filter that the separation left. Parameters are
// moved on the search excerpt; the fit excerpt shows the filter, and judges.
Result<ChainModel> search_chain(std::span<const ChainKind> kinds, const PairSplit& split,
                                const GainSeparation& separation, const PairedFitOptions& options);

// The same model refined on the whole fit excerpt, where bands and topology may still change.
Result<ChainModel> refine_chain(const ChainModel& model, const PairSplit& split,
                                const PairedFitOptions& options);

// Whether a filter behind this model would explain a worthwhile share of what it leaves.
bool filter_would_help(const ChainModel& model, const PairExcerpt& excerpt);

// A more complex chain has to leave less than this share of a simpler one's error (about 1 dB).
inline constexpr double kWorthwhile = 0.8;

// The pair as the compressor of this chain sees it, the equaliser being put on the dry side or taken off the
// wet one.
PairExcerpt around_compressor(const ChainModel& model, const PairExcerpt& pair);

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

}  // namespace aapp::fit
