// Which compressor was it? A discrete search over all topologies, each with its own fit.
//
// A race on a short excerpt: a grid over threshold, attack and release gives the starts, every topology gets
// a few steps from the best of them, and only those that stay in front get more. The finalists are fitted
// again on more audio.
#pragma once

#include <optional>
#include <vector>

#include "analyze/fit/compressor_fit.h"

namespace aapp::fit {

struct TopologySearchOptions {
  int threads = 0;            // 0: one per core. Does not change the result
  std::size_t finalists = 3;  // how many come back, beside links as good as the best
  // Also try what lies around the leaders.
  bool look_around = true;
  // What models are assumed to leave; without one, an error so large that no model is judged by noise alone.
  std::optional<ErrorModel> error = {};
};

// The best topologies for an excerpt of some seconds, best first, no two alike. Requires data with lanes for
// every link that `links` names; `heat`, a shorter excerpt for the first round, needs the first only.
std::vector<CompressorFit> search_topologies(const CompressorData& heat, const CompressorData& data,
                                             std::span<const dsp::StereoLink> links,
                                             const TopologySearchOptions& options);

// Fits of a search that knew one link only, with the link that suits the first of them best; best first.
std::vector<CompressorFit> choose_link(const CompressorData& data, const std::vector<CompressorFit>& fits,
                                       std::span<const dsp::StereoLink> links,
                                       const TopologySearchOptions& options);

// The same from fits that are near already, the first of them nearest: they, and what lies around them.
std::vector<CompressorFit> improve_topologies(const CompressorData& data,
                                              const std::vector<CompressorFit>& fits,
                                              std::span<const dsp::StereoLink> links,
                                              const TopologySearchOptions& options);

// Where the best of a search leaves more than noise: every topology again, each from its own starts around
// that one.
std::vector<CompressorFit> search_widely(const CompressorData& heat, const CompressorData& data,
                                         const CompressorFit& leader, std::span<const dsp::StereoLink> links,
                                         const TopologySearchOptions& options);

// Each fit continued on other (more) audio by at most `steps` steps, with the error model that the first of
// them shows there; in the same order.
std::vector<CompressorFit> refine_topologies(const CompressorData& data, std::vector<CompressorFit> fits,
                                             int steps, int threads);

}  // namespace aapp::fit
