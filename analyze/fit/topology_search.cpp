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
constexpr std::size_t kPeakStarts = 4, kSecondRound = 9, kFinalRound = 3;
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

// The same start with the better of two windows, found without derivatives.
Runner with_best_window(const CompressorData& data, const effects::CompressorParams& topology,
                        const CompressorPoint& point, const ErrorModel& error) {
  std::vector<GridStart> starts;
  for (const double window_ms : kWindowsMs) {
    CompressorPoint at = point;
    at[kLnWindow] = std::log(window_ms);
    starts.push_back(grid_starts(data, topology, {at}, error, 1).front());
  }
  return {topology, std::ranges::min_element(starts, {}, &GridStart::cost)->point};
}

// For each topology the best start of the grid; peak detectors, which have no windows to try, from some more:
// what is good on the grid may lead into another valley.
std::vector<Runner> first_runners(const CompressorData& heat, StereoLink link, const ErrorModel& error,
                                  int threads) {
  const auto starts = family_starts(heat, link, error, threads);
  std::vector<Runner> runners;
  for (const effects::CompressorParams& topology : all_topologies(link)) {
    const std::vector<GridStart>& family = starts[smooths_ratio_scale(topology.smoothing) ? 0 : 1];
    const bool peak = topology.detector == Detector::peak;
    for (std::size_t i = 0; i < (peak ? kPeakStarts : 1); ++i) runners.push_back({topology, family[i].point});
  }
  parallel_for(runners.size(), threads, [&](std::size_t i) {
    if (runners[i].topology.detector != Detector::peak)
      runners[i] = with_best_window(heat, runners[i].topology, runners[i].point, error);
  });
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
  std::vector<Runner> runners = first_runners(heat, first_link, error, options.threads);
  run(runners, heat, error, kFirstSteps, options.threads);
  keep_best_of_each(runners, kSecondRound);
  run(runners, data, error, kSecondSteps, options.threads);
  keep_best_of_each(runners, kFinalRound);
  if (links.size() > 1) take_best_link(runners, links, data, error, options.threads);
  if (options.look_around) return look_around(std::move(runners), data, links, error, options);
  add_peak_twins(runners, data, error, options.threads);
  return to_fits(runners);
}

std::vector<CompressorFit> choose_link(const CompressorData& data, const std::vector<CompressorFit>& fits,
                                       std::span<const StereoLink> links,
                                       const TopologySearchOptions& options) {
  std::vector<Runner> runners = to_runners(fits);
  take_best_link(runners, links, data, race_error(data, links.front()), options.threads);
  return to_fits(runners);
}

std::vector<CompressorFit> improve_topologies(const CompressorData& data,
                                              const std::vector<CompressorFit>& fits,
                                              std::span<const StereoLink> links,
                                              const TopologySearchOptions& options) {
  std::vector<Runner> runners = to_runners(fits);
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
