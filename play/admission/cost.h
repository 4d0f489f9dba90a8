// What a preset costs on this machine: it is run at the real block size over the inputs that are dear to some
// effect (noise, silence, a fading tail of denormals, steps), and each block's CPU time is taken. From that
// follows whether it can run in time, before anybody hears it fail.
//
// Measures on the calling thread, for some tens of milliseconds; not for the audio thread.
#pragma once

#include <string>
#include <vector>

#include "common/audio/stream_spec.h"
#include "common/preset/preset.h"

namespace aapp::play {

// The share of a period that the chain may take in its dearest block in a thousand. The rest is the server's,
// the wake-up's and the other clients'.
inline constexpr double kBudgetShare = 0.7;

struct CostFigures {
  double mean_us = 0.0;  // CPU time of a block
  double p99_us = 0.0;
  double p999_us = 0.0;
  double max_us = 0.0;
};

// spec.max_block_frames is the block size. Fails as Chain::make does.
Result<CostFigures> measure_cost(const Preset& preset, const audio::StreamSpec& spec);

// "compressor 12 us in 3, eq 3 us": the mean of all nodes of an effect together, the dearest first, bypassed
// ones left out.
Result<std::string> cost_by_effect(const Preset& preset, const audio::StreamSpec& spec);

double period_us(const audio::StreamSpec& spec);

// What the preset costs, when that fits into kBudgetShare of the period; otherwise ErrorCode::refused with
// the figures per effect.
Result<CostFigures> admit(const Preset& preset, const audio::StreamSpec& spec);

// How many more of the same preset would fit beside one.
int room_for_more(const CostFigures& cost, const audio::StreamSpec& spec);

}  // namespace aapp::play
