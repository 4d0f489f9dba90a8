// A candidate for what was done to a recording: a kind of chain with its settings, and the means to run it on
// an excerpt, forwards for the error and backwards stage by stage for the alternation. The preset it becomes
// is played by chain::render; this is the fit's own quick way.
#pragma once

#include <vector>

#include "analyze/fit/compressor_fit.h"
#include "analyze/fit/paired_fit.h"

namespace aapp::fit {

struct ChainModel {
  ChainKind kind = ChainKind::identity;
  effects::EqParams eq;
  double gain_db = 0.0;  // of the kinds without a compressor, whose make-up is the level otherwise
  effects::CompressorParams compressor;
};

constexpr bool has_eq(ChainKind kind) {
  return kind == ChainKind::eq || kind >= ChainKind::eq_then_compressor;
}
constexpr bool has_compressor(ChainKind kind) {
  return kind >= ChainKind::compressor;
}

enum class Direction { apply, undo };

// Bands with a gain are minimum-phase, so undoing them is stable. What a pass holds back is lost in noise:
// undone, it stays as it is.
audio::AudioBuffer equalise(const audio::AudioBuffer& audio, const effects::EqParams& eq, int rate_hz,
                            Direction direction);
// Its passes alone.
effects::EqParams passes_of(const effects::EqParams& eq);

// The compressor's gain for `driver`, put on `audio` (or taken off it). Mix is taken as 1.
audio::AudioBuffer compress(const audio::AudioBuffer& audio, const audio::AudioBuffer& driver,
                            const effects::CompressorParams& params, int rate_hz, Direction direction);

// What the model makes of a dry recording.
audio::AudioBuffer run_model(const ChainModel& model, audio::AudioBuffer dry, int rate_hz);

Preset to_preset(const ChainModel& model);

// The frames [first, first + count).
audio::AudioBuffer cut(const audio::AudioBuffer& audio, std::size_t first, std::size_t count);

}  // namespace aapp::fit
