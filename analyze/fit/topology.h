// Which compressor was it? A discrete search over detector, smoothing domain, ballistics and stereo link,
// each with its own fit: with the wrong topology even the best parameters are wrong, and say nothing about
// the right one.
//
// A race on a short excerpt: a grid over threshold, attack and release gives the starts, every topology gets
// a few steps from the best of them, and only those that stay in front get more. The finalists are fitted
// again on more audio.
#pragma once

#include <vector>

#include "analyze/fit/compressor_fit.h"

namespace aapp::fit {

struct TopologySearchOptions {
  int threads = 0;            // 0: one per core. Does not change the result
  std::size_t finalists = 3;  // how many come back, beside links as good as the best
  // Of the first search: also try what lies around its leaders.
  bool look_around = true;
};

// The best topologies for an excerpt of some seconds, best first, no two alike. Requires data with lanes for
// every link that `links` names; `heat`, a shorter excerpt for the first round, needs the first only.
std::vector<CompressorFit> search_topologies(const CompressorData& heat, const CompressorData& data,
                                             std::span<const dsp::StereoLink> links,
                                             const TopologySearchOptions& options);

// The same from fits that are near already, the first of them nearest: only what lies around them is tried.
std::vector<CompressorFit> improve_topologies(const CompressorData& data,
                                              const std::vector<CompressorFit>& fits,
                                              std::span<const dsp::StereoLink> links,
                                              const TopologySearchOptions& options);

// Each fit continued on other (more) audio, with the error model that the best of them shows there; best
// first.
std::vector<CompressorFit> refine_topologies(const CompressorData& data, std::vector<CompressorFit> fits,
                                             int threads);

// The links that can be told apart on a recording: one, if its channels are as good as one.
std::vector<dsp::StereoLink> possible_links(const audio::AudioBuffer& dry);

// Whether two choices of topology are the same: window, times and numbers do not matter.
bool same_topology(const effects::CompressorParams& a, const effects::CompressorParams& b);

// "peak detector, gain smoothed in dB, branching, channels linked by max"
std::string topology_text(const effects::CompressorParams& params, int channels);

}  // namespace aapp::fit
