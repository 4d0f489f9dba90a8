// What lies around the leaders of a race (look_around of topology_race.h).
#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/fit/compressor_grid.h"
#include "analyze/fit/other_knee.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"
#include "analyze/fit/topology_race.h"

namespace aapp::fit {
namespace {

using dsp::Detector;
using dsp::StereoLink;

constexpr int kLinkSteps = 6, kFirstSteps = 5, kNeighbourSteps = 10, kWindowSteps = 6, kKneeSteps = 12;
constexpr std::size_t kLeaders = 3, kNeighboursKept = 3;
constexpr int kMaxMoves = 3;
constexpr double kCloseCost = 1.3;
constexpr std::array kThresholdStepsDb{-6.0, -4.0, -2.5, -1.5, -0.7, 0.0, 0.7, 1.5, 2.5, 4.0, 6.0};
constexpr double kNarrowKneeDb = 1.0;
constexpr std::array kOtherWindows{0.5, 0.63, 0.79, 0.87, 0.94, 1.07, 1.15, 1.26, 1.6, 2.0};
constexpr std::array kOtherAttacks{0.7, 1.0, 1.4};
constexpr std::size_t kOtherWindowsKept = 4;
// Steps of a block's length to either side, and how many of the minima are tried.
constexpr std::size_t kNearWindows = 8, kNearWindowsKept = 3;
// A one-pole's mean is about as old as that of a box of twice its time constant.
constexpr double kBoxOfOnePole = 2.0;

bool cheaper(const Runner& a, const Runner& b) {
  return a.cost < b.cost;
}

// A box window has a narrow basin: the leader tries others from where it stands, the best of those that were
// found without derivatives, the attack giving way or not.
void add_windows(std::vector<Runner>& runners, const CompressorData& data, const ErrorModel& error,
                 int threads) {
  const Runner leader = runners.front();
  if (leader.topology.detector == Detector::peak) return;
  effects::CompressorParams box = leader.topology;
  box.detector = Detector::rms_box;
  std::vector<GridStart> starts(kOtherWindows.size());
  parallel_for(starts.size(), threads, [&](std::size_t i) {
    CompressorPoint point = leader.point;
    point[kLnWindow] +=
        std::log(kOtherWindows[i] * (leader.topology.detector == Detector::rms ? kBoxOfOnePole : 1.0));
    std::vector<CompressorPoint> points(kOtherAttacks.size(), point);
    for (std::size_t a = 0; a < points.size(); ++a) points[a][kLnAttack] += std::log(kOtherAttacks[a]);
    starts[i] = grid_starts(data, box, points, error, 1).front();
  });
  std::ranges::stable_sort(starts, {}, &GridStart::cost);
  for (std::size_t i = 0; i < kOtherWindowsKept; ++i) runners.push_back({box, starts[i].point});
}

// On pitched sound a box's error has a minimum for every half period of it. The best of those near the
// leader's, found without derivatives: the attack gives way, so that both together are late as before.
void add_near_windows(std::vector<Runner>& runners, const CompressorData& data, const ErrorModel& error,
                      int threads) {
  const Runner leader = runners.front();
  if (leader.topology.detector != Detector::rms_box) return;
  std::vector<GridStart> starts(2 * kNearWindows + 1);
  parallel_for(starts.size(), threads, [&](std::size_t i) {
    const double more_ms = kGainBlockMs * (static_cast<double>(i) - static_cast<double>(kNearWindows));
    CompressorPoint point = leader.point;
    point[kLnWindow] = std::log(std::max(kGainBlockMs, std::exp(point[kLnWindow]) + more_ms));
    point[kLnAttack] = std::log(std::max(kGainBlockMs, std::exp(point[kLnAttack]) - 0.5 * more_ms));
    starts[i] = grid_starts(data, leader.topology, {point}, error, 1).front();
  });
  std::vector<GridStart> minima;
  for (std::size_t i = 1; i + 1 < starts.size(); ++i) {
    if (i != kNearWindows && starts[i].cost < starts[i - 1].cost && starts[i].cost < starts[i + 1].cost)
      minima.push_back(starts[i]);
  }
  std::ranges::stable_sort(minima, {}, &GridStart::cost);
  for (std::size_t i = 0; i < std::min(minima.size(), kNearWindowsKept); ++i)
    runners.push_back({leader.topology, minima[i].point});
}

// Without a knee there is nothing that its width would move, and out of a wrong one the way is long.
void add_knees(std::vector<Runner>& runners) {
  Runner narrow = runners.front(), other = runners.front();
  narrow.point[kKneeDb] = kNarrowKneeDb;
  other.point = with_other_knee(other.point);
  runners.insert(runners.end(), {narrow, other});
}

// Topologies that differ from this one in one choice, with times that mean about the same there.
std::vector<Runner> neighbours(const Runner& from, std::span<const StereoLink> links) {
  std::vector<Runner> all;
  for (const effects::CompressorParams& topology : all_topologies(from.topology.stereo_link)) {
    const int differing = (topology.detector != from.topology.detector) +
                          (topology.smoothing != from.topology.smoothing) +
                          (topology.ballistics != from.topology.ballistics);
    if (differing == 1) all.push_back({topology, from.point});
  }
  for (const StereoLink link : links) {
    Runner other = from;
    other.topology.stereo_link = link;
    if (link != from.topology.stereo_link) all.push_back(other);
  }
  return all;
}

// Another detector or link hears other levels: the threshold that suits it best, without derivatives.
void settle_threshold(Runner& runner, const CompressorData& data, const ErrorModel& error) {
  std::vector<CompressorPoint> points;
  for (const double step_db : kThresholdStepsDb) {
    points.push_back(runner.point);
    points.back()[kThresholdDb] += step_db;
  }
  runner.point = grid_starts(data, runner.topology, points, error, 1).front().point;
}

// Hill climbing: to the best neighbour of the leader, as long as there is a better one.
void climb(std::vector<Runner>& runners, std::span<const StereoLink> links, const CompressorData& data,
           const ErrorModel& error, int threads) {
  for (int move = 0; move < kMaxMoves; ++move) {
    const Runner leader = runners.front();
    std::vector<Runner> others = neighbours(leader, links);
    parallel_for(others.size(), threads, [&](std::size_t i) {
      const bool same_level = others[i].topology.detector == leader.topology.detector &&
                              others[i].topology.stereo_link == leader.topology.stereo_link;
      if (!same_level) settle_threshold(others[i], data, error);
    });
    run(others, data, error, kFirstSteps, threads);
    others.resize(std::min(others.size(), kNeighboursKept));
    run(others, data, error, kNeighbourSteps, threads);
    runners.insert(runners.end(), others.begin(), others.end());
    std::stable_sort(runners.begin(), runners.end(), cheaper);
    keep_best_of_each(runners, kLeaders);
    if (same_topology(runners.front().topology, leader.topology)) return;
  }
}

// Links can be nearly alike (channels that resemble each other): those as good as the leader's stay in until
// more audio decides.
void add_close_links(std::vector<Runner>& runners, std::span<const StereoLink> links,
                     const CompressorData& data, const ErrorModel& error, int threads) {
  std::vector<Runner> others{runners.front()};
  add_links(others, links);
  others.erase(others.begin());
  run(others, data, error, kLinkSteps, threads);
  // Unlinked channels do not share what is noise: their mean square can be twice as large.
  const auto limit = [&](StereoLink link) {
    return kCloseCost * runners.front().cost * (link == StereoLink::none ? 2.0 : 1.0);
  };
  for (const Runner& other : others) {
    const bool seen = std::ranges::any_of(
        runners, [&](const Runner& runner) { return same_topology(other.topology, runner.topology); });
    if (!seen && other.cost < limit(other.topology.stereo_link)) runners.push_back(other);
  }
}

}  // namespace

std::vector<CompressorFit> look_around(std::vector<Runner> runners, const CompressorData& data,
                                       std::span<const StereoLink> links, const ErrorModel& error,
                                       const TopologySearchOptions& options) {
  climb(runners, links, data, error, options.threads);
  add_windows(runners, data, error, options.threads);
  run(runners, data, error, kWindowSteps, options.threads);
  keep_best_of_each(runners, kLeaders);
  add_knees(runners);
  add_near_windows(runners, data, error, options.threads);
  run(runners, data, error, kKneeSteps, options.threads);
  keep_best_of_each(runners, options.finalists);
  if (links.size() > 1) add_close_links(runners, links, data, error, options.threads);
  return to_fits(runners);
}

}  // namespace aapp::fit
