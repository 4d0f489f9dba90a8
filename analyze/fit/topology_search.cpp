#include "analyze/fit/topology_search.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/fit/compressor_grid.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"
#include "analyze/fit/topology_race.h"

namespace aapp::fit {
namespace {

using dsp::Detector;
using dsp::Smoothing;
using dsp::StereoLink;

constexpr int kFirstSteps = 5, kSecondSteps = 6, kLinkSteps = 6, kTwinSteps = 6;
constexpr std::size_t kSecondRound = 9, kFinalRound = 3;
constexpr std::array kWindowsMs{3.0, 12.0};
constexpr double kNoWindowMs = 1.0;

bool smooths_ratio_scale(Smoothing smoothing) {
  return smoothing == Smoothing::gain_db || smoothing == Smoothing::level_db;
}

// Starts for both families of smoothing: in dB and on a linear scale.
std::array<std::vector<GridStart>, 2> family_starts(const CompressorData& data, StereoLink link,
                                                    const ErrorModel& error, int threads) {
  effects::CompressorParams params;
  params.stereo_link = link;
  params.smoothing = Smoothing::gain_db;
  const std::vector<CompressorPoint> points = whole_grid(data.loud_db());
  std::vector<GridStart> in_db = grid_starts(data, params, points, error, threads);
  params.smoothing = Smoothing::level_linear;
  return {std::move(in_db), grid_starts(data, params, points, error, threads)};
}

// Two starts for each topology: the two best of the grid, or the best with two windows.
std::vector<Runner> first_runners(StereoLink link, const std::array<std::vector<GridStart>, 2>& starts) {
  std::vector<Runner> runners;
  for (const effects::CompressorParams& topology : all_topologies(link)) {
    const std::vector<GridStart>& family = starts[smooths_ratio_scale(topology.smoothing) ? 0 : 1];
    for (std::size_t s = 0; s < kWindowsMs.size(); ++s) {
      Runner runner{topology, family[topology.detector == Detector::peak ? s : 0].point};
      runner.point[kLnWindow] = std::log(kWindowsMs[s]);
      runners.push_back(runner);
    }
  }
  return runners;
}

// The leader tries the other links; the rest, which hear the same channels, follow it.
void take_best_link(std::vector<Runner>& runners, std::span<const StereoLink> links,
                    const CompressorData& data, const ErrorModel& error, int threads) {
  std::vector<Runner> leaders{runners.front()};
  add_links(leaders, links);
  run(leaders, data, error, kLinkSteps, threads);
  runners.erase(runners.begin());
  for (Runner& runner : runners) runner.topology.stereo_link = leaders.front().topology.stereo_link;
  run(runners, data, error, kLinkSteps, threads);
  runners.push_back(leaders.front());
  std::ranges::stable_sort(runners, {}, &Runner::cost);
}

// A mean over next to nothing is a peak detector's level: where the model is still rough, a window that
// vanishes stands for one, and drives it from the field.
void add_peak_twins(std::vector<Runner>& runners, const CompressorData& data, const ErrorModel& error,
                    int threads) {
  std::vector<Runner> twins;
  for (const Runner& runner : runners) {
    Runner twin = runner;
    twin.topology.detector = Detector::peak;
    const auto same = [&](const Runner& other) { return same_topology(other.topology, twin.topology); };
    if (std::exp(runner.point[kLnWindow]) < kNoWindowMs && std::ranges::none_of(runners, same) &&
        std::ranges::none_of(twins, same))
      twins.push_back(twin);
  }
  run(twins, data, error, kTwinSteps, threads);
  runners.insert(runners.end(), twins.begin(), twins.end());
  std::ranges::stable_sort(runners, {}, &Runner::cost);
}

}  // namespace

std::vector<CompressorFit> search_topologies(const CompressorData& heat, const CompressorData& data,
                                             std::span<const StereoLink> links,
                                             const TopologySearchOptions& options) {
  const StereoLink first_link = links.front();
  const ErrorModel error = race_error(data, first_link);
  const auto starts = family_starts(heat, first_link, error, options.threads);
  std::vector<Runner> runners = first_runners(first_link, starts);
  run(runners, heat, error, kFirstSteps, options.threads);
  keep_best_of_each(runners, kSecondRound);
  run(runners, data, error, kSecondSteps, options.threads);
  keep_best_of_each(runners, kFinalRound);
  if (links.size() > 1) take_best_link(runners, links, data, error, options.threads);
  if (options.look_around) return look_around(std::move(runners), data, links, error, options);
  add_peak_twins(runners, data, error, options.threads);
  return to_fits(runners);
}

std::vector<CompressorFit> improve_topologies(const CompressorData& data,
                                              const std::vector<CompressorFit>& fits,
                                              std::span<const StereoLink> links,
                                              const TopologySearchOptions& options) {
  std::vector<Runner> runners;
  for (const CompressorFit& fit : fits) runners.push_back({fit.topology, fit.point});
  const ErrorModel error = options.error.value_or(race_error(data, links.front()));
  run(runners, data, error, kSecondSteps, options.threads);
  return options.look_around ? look_around(std::move(runners), data, links, error, options)
                             : to_fits(runners);
}

std::vector<CompressorFit> refine_topologies(const CompressorData& data, std::vector<CompressorFit> fits,
                                             int steps, int threads) {
  const ErrorModel error = estimate_error(block_residuals(data, fits.front().topology, fits.front().point));
  parallel_for(fits.size(), threads, [&](std::size_t i) {
    fits[i] =
        fit_compressor(data, fits[i].topology, fits[i].point, {.error = error, .max_iterations = steps});
  });
  return fits;
}

}  // namespace aapp::fit
