// The machinery of the search for a topology: runners, each a topology with a point to fit from, that race on
// an excerpt and are thinned out.
#pragma once

#include <vector>

#include "analyze/fit/compressor_fit.h"
#include "analyze/fit/topology_search.h"

namespace aapp::fit {

struct Runner {
  effects::CompressorParams topology;
  CompressorPoint point{};
  double cost = 0.0;
};

// The error that a race assumes of all models: the noise, and a relative error large enough that no model is
// judged by noise alone.
ErrorModel race_error(const CompressorData& data, dsp::StereoLink link);

// Fits each runner by at most `steps` steps; cheapest first.
void run(std::vector<Runner>& runners, const CompressorData& data, const ErrorModel& error, int steps,
         int threads);

// Keeps the best of each topology, and at most `count` of them. Requires them in order.
void keep_best_of_each(std::vector<Runner>& runners, std::size_t count);
// The same, where a topology with another window counts as another.
void keep_best_of_each_window(std::vector<Runner>& runners, std::size_t count);

// Each runner also with the other links.
void add_links(std::vector<Runner>& runners, std::span<const dsp::StereoLink> links);

// What lies around the leaders, which are in order: other choices, windows, knees and links.
std::vector<CompressorFit> look_around(std::vector<Runner> runners, const CompressorData& data,
                                       std::span<const dsp::StereoLink> links, const ErrorModel& error,
                                       const TopologySearchOptions& options);

std::vector<CompressorFit> to_fits(const std::vector<Runner>& runners);
std::vector<Runner> to_runners(const std::vector<CompressorFit>& fits);

}  // namespace aapp::fit
