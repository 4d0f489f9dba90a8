#include "analyze/fit/topology_race.h"

#include <algorithm>
#include <cmath>

#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"

namespace aapp::fit {
namespace {

using dsp::StereoLink;

constexpr double kRaceRelativeError = 0.02;  // 0.17 dB
// Windows nearer than this factor are the same.
constexpr double kLnSameWindow = 0.25;

template <class Same>
void keep_best(std::vector<Runner>& runners, std::size_t count, const Same& same) {
  std::vector<Runner> kept;
  for (const Runner& runner : runners) {
    const bool seen = std::ranges::any_of(kept, [&](const Runner& other) { return same(other, runner); });
    if (!seen && kept.size() < count) kept.push_back(runner);
  }
  runners = std::move(kept);
}

bool same_choice(const Runner& a, const Runner& b) {
  return same_topology(a.topology, b.topology);
}

}  // namespace

ErrorModel race_error(const CompressorData& data, StereoLink link) {
  return {.noise = noise_inside_blocks(data.lanes(link).front().gain), .relative = kRaceRelativeError};
}

void run(std::vector<Runner>& runners, const CompressorData& data, const ErrorModel& error, int steps,
         int threads) {
  parallel_for(runners.size(), threads, [&](std::size_t i) {
    const CompressorFit fit = fit_compressor(data, runners[i].topology, runners[i].point,
                                             {.error = error, .max_iterations = steps});
    runners[i].point = fit.point;
    runners[i].cost = fit.cost;
  });
  std::stable_sort(runners.begin(), runners.end(),
                   [](const Runner& a, const Runner& b) { return a.cost < b.cost; });
}

void keep_best_of_each(std::vector<Runner>& runners, std::size_t count) {
  keep_best(runners, count, same_choice);
}

void keep_best_of_each_window(std::vector<Runner>& runners, std::size_t count) {
  keep_best(runners, count, [](const Runner& a, const Runner& b) {
    return same_choice(a, b) && std::abs(a.point[kLnWindow] - b.point[kLnWindow]) < kLnSameWindow;
  });
}

void add_links(std::vector<Runner>& runners, std::span<const StereoLink> links) {
  const std::size_t count = runners.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (const StereoLink link : links) {
      if (link == runners[i].topology.stereo_link) continue;
      Runner other = runners[i];
      other.topology.stereo_link = link;
      runners.push_back(other);
    }
  }
}

std::vector<CompressorFit> to_fits(const std::vector<Runner>& runners) {
  std::vector<CompressorFit> fits;
  for (const Runner& runner : runners) {
    CompressorFit fit;
    fit.topology = to_params(runner.point, runner.topology);
    fit.point = runner.point;
    fit.cost = runner.cost;
    fits.push_back(fit);
  }
  return fits;
}

std::vector<Runner> to_runners(const std::vector<CompressorFit>& fits) {
  std::vector<Runner> runners;
  for (const CompressorFit& fit : fits) runners.push_back({fit.topology, fit.point, fit.cost});
  return runners;
}

}  // namespace aapp::fit
