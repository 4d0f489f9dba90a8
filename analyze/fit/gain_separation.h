// The gain that moves between two recordings, told apart from the filter between them, before anything is
// known of either: over frames t and frequencies f, |Y| = g_t |H_f| |X| is a product of one factor per frame
// and one per frequency, and alternating least squares finds both. Rough, a gain every few milliseconds, but
// blind to which compressor it was and to which side of it the filter stands.
#pragma once

#include <vector>

#include "analyze/fit/compressor_data.h"

namespace aapp::fit {

struct GainSeparation {
  // The gain of every frame of the pair, in dB, with the filter's share taken off; its energy-weighted mean
  // over time is 0 dB. Common to all channels.
  std::vector<float> gain_db;
  // What is left unexplained by a gain that moves, by a filter, and by both: shares of the wet energy.
  double gain_error = 0.0, filter_error = 0.0, error = 0.0;
};

GainSeparation separate_gain(const PairExcerpt& pair);

// Whether a filter is likely there: beside a moving gain, it leaves far less than the gain alone.
bool filter_is_likely(const GainSeparation& separation);

// The wet recording with that gain taken off: what is left between it and the dry one is the filter, and the
// level.
audio::AudioBuffer without_gain(const audio::AudioBuffer& wet, const std::vector<float>& gain_db);

}  // namespace aapp::fit
