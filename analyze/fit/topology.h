// The discrete choices of a compressor: detector, smoothing domain, ballistics and stereo link. With the
// wrong ones even the best parameters are wrong, and say nothing about the right ones; topology_search.h
// finds them.
#pragma once

#include <string>
#include <vector>

#include "common/audio/buffer.h"
#include "common/effects/compressor.h"

namespace aapp::fit {

// Every choice but the link, which is this one; numbers are the defaults.
std::vector<effects::CompressorParams> all_topologies(dsp::StereoLink link);

// The links that can be told apart on a recording: one, if its channels are as good as one.
std::vector<dsp::StereoLink> possible_links(const audio::AudioBuffer& dry);

// Whether two choices of topology are the same: window, times and numbers do not matter.
bool same_topology(const effects::CompressorParams& a, const effects::CompressorParams& b);

// "peak detector, gain smoothed in dB, branching, channels linked by max"
std::string topology_text(const effects::CompressorParams& params, int channels);

}  // namespace aapp::fit
