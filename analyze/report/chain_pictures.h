// Pictures of what a preset does: its equaliser's curve and its compressor's behaviour. Every curve is the
// achieved one, evaluated by the code that plays.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/fit/uncertainty.h"
#include "analyze/measure/level_distribution.h"
#include "analyze/report/plot.h"
#include "common/audio/block_source.h"
#include "common/effects/compressor.h"
#include "common/effects/eq.h"
#include "common/preset/preset.h"

namespace aapp::report {

// The sum of all bands and each band by itself with the range that its parameters' 95 % intervals allow.
// Estimates are found by JSON pointer: `params_pointer` + "/bands/2/gain_db"; bands without estimates get no
// range.
Plot eq_plot(const effects::EqParams& eq, double rate_hz, std::span<const fit::ParameterEstimate> estimates,
             std::string_view params_pointer);

// Output over input level, make-up included, with the share of time that the compressor's input spends at
// each level. `input_levels` are absolute, dB of mean square; may be empty.
Plot static_curve_plot(const effects::CompressorParams& compressor,
                       std::span<const measure::WeightedLevel> input_levels);

// The gain over time when the level jumps 20 dB up over the threshold and back.
Plot step_response_plot(const effects::CompressorParams& compressor);

// What a chain's compressor sees and does while a recording plays.
struct GainTrace {
  double step_s = 0.0;
  std::vector<float> gain_db{};  // of compressors and limiters; the most negative of each step, at most
                                 // 2 * measure::kTimelineSteps of them
  measure::LevelHistogram input_levels{.window_ms = 10.0};  // of the signal that reaches the first compressor
};

// Plays the source through the preset's chain, in flat memory.
Result<GainTrace> trace_gain(audio::BlockSource& source, const Preset& preset);
Plot gain_trace_plot(const GainTrace& trace, std::string_view recording);

}  // namespace aapp::report
