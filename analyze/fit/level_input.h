// The first half of the compressor as the fit runs it: from a recording to the level that enters the
// ballistics, with its derivative by the averaging window. The formulas are those of dsp/level_detector.h and
// dsp/compressor_model.h; here they run over a whole excerpt at once, so that what holds no fitted parameter
// is computed once.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "common/audio/buffer.h"
#include "common/effects/compressor.h"

namespace aapp::fit {

// What detect or detect_linked gives for each frame: amplitude for a peak detector, power for an rms one.
using RawLevel = std::vector<float>;

// `channels`: those that share a gain; one channel needs no link.
RawLevel linked_level(const audio::AudioBuffer& audio, std::span<const int> channels, dsp::Detector detector,
                      dsp::StereoLink link);

// The level in the domain that is smoothed (gain_db: in dB, before the curve), raised to the floor.
struct LevelInput {
  std::vector<float> value;
  std::vector<float> by_ln_window;  // d value / d ln window; empty for a detector without a window
};

LevelInput level_input(const RawLevel& raw, dsp::Detector detector, dsp::Smoothing smoothing,
                       double window_ms, double rate_hz);

}  // namespace aapp::fit
