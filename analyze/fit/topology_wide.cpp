// The second, wider search (search_widely of topology_search.h).
#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/fit/compressor_grid.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"
#include "analyze/fit/topology_race.h"
#include "analyze/fit/topology_search.h"

namespace aapp::fit {
namespace {

using dsp::Detector;
using dsp::StereoLink;

constexpr int kHeatSteps = 5, kFirstSteps = 6, kSecondSteps = 12, kWindowSteps = 6;
constexpr std::size_t kFirstRound = 24, kSecondRound = 8, kFinalRound = 4;
constexpr std::array kWindowsMs{3.0, 5.5, 9.0, 14.0, 22.0};
constexpr std::array kManyWindowsMs{2.0, 2.6, 3.4, 4.4, 5.7, 7.5, 9.7, 12.6, 16.4, 21.0, 27.0, 35.0};
constexpr std::array kAttacks{0.5, 0.7, 1.0, 1.4};
constexpr std::size_t kOtherWindowsKept = 3, kPeakStarts = 2;

// Times so short say nothing where another topology is right: what they should do, something else does.
constexpr double kShortestAttackMs = 0.5, kShortestReleaseMs = 25.0;

CompressorPoint with_times_that_tell(CompressorPoint point) {
  point[kLnAttack] = std::max(point[kLnAttack], std::log(kShortestAttackMs));
  point[kLnRelease] = std::max(point[kLnRelease], std::log(kShortestReleaseMs));
  return point;
}

// The best of a grid around a point that was good for another topology, for each of some windows: what lies
// between two windows is no way from one to the other.
std::vector<Runner> runners_around(const CompressorData& data, const effects::CompressorParams& topology,
                                   const CompressorPoint& point, const ErrorModel& error) {
  const bool peak = topology.detector == Detector::peak;
  std::vector<Runner> runners;
  for (const double window : std::span(kWindowsMs).first(peak ? 1 : kWindowsMs.size())) {
    CompressorPoint at = point;
    at[kLnWindow] = std::log(window);
    const std::vector<GridStart> starts = grid_starts(data, topology, grid_around(at), error, 1);
    for (std::size_t s = 0; s < (peak ? kPeakStarts : 1); ++s) runners.push_back({topology, starts[s].point});
  }
  return runners;
}

// The same topology with the windows that suit it best elsewhere, without derivatives: on pitched sound there
// is a good one for every few periods.
std::vector<Runner> other_windows(const CompressorData& data, const Runner& from, const ErrorModel& error) {
  std::vector<Runner> others;
  if (from.topology.detector != Detector::rms_box) return others;
  std::vector<GridStart> starts;
  for (const double window : kManyWindowsMs) {
    std::vector<CompressorPoint> points;
    for (const double attack : kAttacks) {
      points.push_back(from.point);
      points.back()[kLnWindow] = std::log(window);
      points.back()[kLnAttack] += std::log(attack);
    }
    starts.push_back(grid_starts(data, from.topology, points, error, 1).front());
  }
  std::ranges::stable_sort(starts, {}, &GridStart::cost);
  for (const GridStart& start : starts) {
    if (others.size() < kOtherWindowsKept) others.push_back({from.topology, start.point});
  }
  return others;
}

// Calls starts(i) for 0 <= i < count on all threads; what they return, in order.
template <class Starts>
std::vector<Runner> gather(std::size_t count, int threads, const Starts& starts) {
  std::vector<std::vector<Runner>> each(count);
  parallel_for(count, threads, [&](std::size_t i) { each[i] = starts(i); });
  std::vector<Runner> all;
  for (const std::vector<Runner>& some : each) all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace

std::vector<CompressorFit> search_widely(const CompressorData& heat, const CompressorData& data,
                                         const CompressorFit& leader, std::span<const StereoLink> links,
                                         const TopologySearchOptions& options) {
  const StereoLink link = links.front();
  const ErrorModel error = race_error(data, link);
  const std::vector<effects::CompressorParams> all = all_topologies(link);
  const CompressorPoint around = with_times_that_tell(leader.point);
  std::vector<Runner> runners = gather(all.size(), options.threads, [&](std::size_t i) {
    return runners_around(heat, all[i], around, error);
  });
  run(runners, heat, error, kHeatSteps, options.threads);
  keep_best_of_each_window(runners, kFirstRound);
  run(runners, data, error, kFirstSteps, options.threads);
  keep_best_of_each_window(runners, kSecondRound);
  run(runners, data, error, kSecondSteps, options.threads);
  keep_best_of_each(runners, kFinalRound);
  const std::vector<Runner> others = gather(
      runners.size(), options.threads, [&](std::size_t i) { return other_windows(data, runners[i], error); });
  runners.insert(runners.end(), others.begin(), others.end());
  run(runners, data, error, kWindowSteps, options.threads);
  keep_best_of_each(runners, kFinalRound);
  return look_around(std::move(runners), data, links, error, options);
}

}  // namespace aapp::fit
