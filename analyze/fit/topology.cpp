#include "analyze/fit/topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/fit/compressor_grid.h"
#include "analyze/fit/parallel.h"

namespace aapp::fit {
namespace {

using dsp::Ballistics;
using dsp::Detector;
using dsp::Smoothing;
using dsp::StereoLink;

// The relative error that a race assumes of all models: 0.17 dB. Large enough that no model is judged by
// noise alone.
constexpr double kRaceRelativeError = 0.02;
constexpr int kFirstSteps = 5, kSecondSteps = 6, kLinkSteps = 6, kNeighbourSteps = 5, kWindowSteps = 6,
              kKneeSteps = 12;
constexpr std::size_t kSecondRound = 9, kFinalRound = 3;
constexpr std::size_t kNeighboursKept = 2;
constexpr int kRefineSteps = 10, kLastSteps = 15;
constexpr std::size_t kFinalists = 2;
constexpr int kMaxMoves = 3;
// Stereo recordings whose channels differ by less than this share of energy have nothing to link.
constexpr double kSameChannels = 1e-5;
constexpr double kCloseCost = 1.3, kUnlinkedHandicap = 1.05;
constexpr std::array kWindowsMs{3.0, 12.0};
constexpr std::array kOtherKneesDb{1.0, 9.0};
constexpr std::array kOtherWindows{0.5, 0.63, 0.8, 0.9, 1.1, 1.25, 1.6, 2.0};
// A one-pole's mean is about as old as that of a box of twice its time constant.
constexpr double kBoxOfOnePole = 2.0;

struct Runner {
  effects::CompressorParams topology;
  CompressorPoint point{};
  double cost = 0.0;
};

bool cheaper(const Runner& a, const Runner& b) {
  return a.cost < b.cost;
}

bool smooths_ratio_scale(Smoothing smoothing) {
  return smoothing == Smoothing::gain_db || smoothing == Smoothing::level_db;
}

std::vector<effects::CompressorParams> topologies(StereoLink link) {
  std::vector<effects::CompressorParams> all;
  for (const Detector detector : {Detector::peak, Detector::rms, Detector::rms_box}) {
    for (const Smoothing smoothing :
         {Smoothing::gain_db, Smoothing::level_db, Smoothing::level_linear, Smoothing::level_power}) {
      for (const Ballistics ballistics : {Ballistics::branching, Ballistics::decoupled}) {
        effects::CompressorParams params;
        params.detector = detector;
        params.smoothing = smoothing;
        params.ballistics = ballistics;
        params.stereo_link = link;
        all.push_back(params);
      }
    }
  }
  return all;
}

// Starts for both families of smoothing: in dB and on a linear scale.
std::array<std::vector<GridStart>, 2> family_starts(const CompressorData& data, StereoLink link,
                                                    const ErrorModel& error, int threads) {
  effects::CompressorParams params;
  params.stereo_link = link;
  params.smoothing = Smoothing::gain_db;
  std::vector<GridStart> in_db = grid_starts(data, params, error, threads);
  params.smoothing = Smoothing::level_linear;
  return {std::move(in_db), grid_starts(data, params, error, threads)};
}

// Two starts for each topology: the two best of the grid, or the best with two windows.
std::vector<Runner> first_runners(StereoLink link, const std::array<std::vector<GridStart>, 2>& starts) {
  std::vector<Runner> runners;
  for (const effects::CompressorParams& topology : topologies(link)) {
    const std::vector<GridStart>& family = starts[smooths_ratio_scale(topology.smoothing) ? 0 : 1];
    for (std::size_t s = 0; s < kWindowsMs.size(); ++s) {
      Runner runner{topology, family[topology.detector == Detector::peak ? s : 0].point};
      runner.point[kLnWindow] = std::log(kWindowsMs[s]);
      runners.push_back(runner);
    }
  }
  return runners;
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

// Keeps the best of each topology, and at most `count` of them.
void keep_best_of_each(std::vector<Runner>& runners, std::size_t count) {
  std::vector<Runner> kept;
  for (const Runner& runner : runners) {
    const bool seen = std::ranges::any_of(
        kept, [&](const Runner& other) { return same_topology(other.topology, runner.topology); });
    if (!seen && kept.size() < count) kept.push_back(runner);
  }
  runners = std::move(kept);
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

// A box window has a narrow basin: the leader tries others from where it stands.
void add_windows(std::vector<Runner>& runners) {
  const Runner leader = runners.front();
  if (leader.topology.detector == Detector::peak) return;
  for (const double factor : kOtherWindows) {
    Runner other = leader;
    other.topology.detector = Detector::rms_box;
    other.point[kLnWindow] +=
        std::log(factor * (leader.topology.detector == Detector::rms ? kBoxOfOnePole : 1.0));
    runners.push_back(other);
  }
}

void add_knees(std::vector<Runner>& runners) {
  for (const double knee_db : kOtherKneesDb) {
    Runner other = runners.front();
    other.point[kKneeDb] = knee_db;
    runners.push_back(other);
  }
}

// Topologies that differ from this one in one choice, with times that mean about the same there.
std::vector<Runner> neighbours(const Runner& from, std::span<const StereoLink> links) {
  std::vector<Runner> all;
  for (const effects::CompressorParams& topology : topologies(from.topology.stereo_link)) {
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

// Hill climbing: to the best neighbour of the leader, as long as there is a better one.
void climb(std::vector<Runner>& runners, std::span<const StereoLink> links, const CompressorData& data,
           const ErrorModel& error, int threads) {
  for (int move = 0; move < kMaxMoves; ++move) {
    const Runner leader = runners.front();
    std::vector<Runner> others = neighbours(leader, links);
    run(others, data, error, kNeighbourSteps, threads);
    others.resize(std::min(others.size(), kNeighboursKept));
    run(others, data, error, 2 * kNeighbourSteps, threads);
    runners.insert(runners.end(), others.begin(), others.end());
    std::stable_sort(runners.begin(), runners.end(), cheaper);
    keep_best_of_each(runners, kFinalRound);
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
  const double limit = kCloseCost * runners.front().cost;
  for (const Runner& other : others) {
    const bool seen = std::ranges::any_of(
        runners, [&](const Runner& runner) { return same_topology(other.topology, runner.topology); });
    if (!seen && other.cost < limit) runners.push_back(other);
  }
}

// Unlinked channels have more residuals to share the noise: where they are not clearly better, one gain for
// all is.
double tied_cost(const CompressorFit& fit) {
  return fit.topology.stereo_link == StereoLink::none ? kUnlinkedHandicap * fit.cost : fit.cost;
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

// What lies around the leaders: other choices, windows, knees and links.
std::vector<CompressorFit> look_around(std::vector<Runner> runners, const CompressorData& data,
                                       std::span<const StereoLink> links, const ErrorModel& error,
                                       const TopologySearchOptions& options) {
  climb(runners, links, data, error, options.threads);
  add_windows(runners);
  run(runners, data, error, kWindowSteps, options.threads);
  keep_best_of_each(runners, kFinalRound);
  add_knees(runners);
  run(runners, data, error, kKneeSteps, options.threads);
  keep_best_of_each(runners, options.finalists);
  if (links.size() > 1) add_close_links(runners, links, data, error, options.threads);
  return to_fits(runners);
}

ErrorModel race_error(const CompressorData& data, StereoLink link) {
  return {.noise = noise_inside_blocks(data.lanes(link).front().gain), .relative = kRaceRelativeError};
}

bool same_channels(const audio::AudioBuffer& audio) {
  double difference = 0.0, energy = 0.0;
  const auto first = audio.channel(0);
  for (int c = 1; c < audio.channels(); ++c) {
    const auto other = audio.channel(c);
    for (std::size_t n = 0; n < first.size(); ++n) {
      const double d = static_cast<double>(first[n]) - other[n];
      difference += d * d;
      energy += static_cast<double>(first[n]) * first[n];
    }
  }
  return difference <= kSameChannels * energy;
}

}  // namespace

bool same_topology(const effects::CompressorParams& a, const effects::CompressorParams& b) {
  return a.detector == b.detector && a.smoothing == b.smoothing && a.ballistics == b.ballistics &&
         a.stereo_link == b.stereo_link;
}

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
  if (links.size() > 1) {
    add_links(runners, links);
    run(runners, data, error, kLinkSteps, options.threads);
    keep_best_of_each(runners, kFinalRound);
  }
  return options.look_around ? look_around(std::move(runners), data, links, error, options)
                             : to_fits(runners);
}

std::vector<CompressorFit> improve_topologies(const CompressorData& data,
                                              const std::vector<CompressorFit>& fits,
                                              std::span<const StereoLink> links,
                                              const TopologySearchOptions& options) {
  std::vector<Runner> runners;
  for (const CompressorFit& fit : fits) runners.push_back({fit.topology, fit.point});
  const ErrorModel error = race_error(data, links.front());
  run(runners, data, error, kSecondSteps, options.threads);
  return look_around(std::move(runners), data, links, error, options);
}

std::vector<CompressorFit> refine_topologies(const CompressorData& data, std::vector<CompressorFit> fits,
                                             int threads) {
  // The first round with the model of what the best showed before, the second with what it shows now.
  for (const int steps : {kRefineSteps, kLastSteps}) {
    const ErrorModel error = estimate_error(block_residuals(data, fits.front().topology, fits.front().point));
    parallel_for(fits.size(), threads, [&](std::size_t i) {
      fits[i] =
          fit_compressor(data, fits[i].topology, fits[i].point, {.error = error, .max_iterations = steps});
    });
    std::stable_sort(fits.begin(), fits.end(), [](const CompressorFit& a, const CompressorFit& b) {
      return tied_cost(a) < tied_cost(b);
    });
    fits.resize(std::min(fits.size(), kFinalists));
  }
  return fits;
}

std::vector<StereoLink> possible_links(const audio::AudioBuffer& dry) {
  if (dry.channels() == 1 || same_channels(dry)) return {StereoLink::max};
  return {StereoLink::max, StereoLink::mean, StereoLink::none, StereoLink::mid};
}

std::string topology_text(const effects::CompressorParams& params, int channels) {
  constexpr std::array<std::string_view, 3> kDetectors{"peak detector", "RMS detector",
                                                       "RMS detector with a box window"};
  constexpr std::array<std::string_view, 4> kSmoothings{"gain smoothed in dB", "level smoothed in dB",
                                                        "level smoothed as amplitude",
                                                        "level smoothed as power"};
  std::string text = fmt::format("{}, {}, {}", kDetectors[static_cast<std::size_t>(params.detector)],
                                 kSmoothings[static_cast<std::size_t>(params.smoothing)],
                                 dsp::kBallisticsNames[static_cast<std::size_t>(params.ballistics)]);
  if (channels > 1) {
    text += params.stereo_link == StereoLink::none
                ? ", each channel by itself"
                : fmt::format(", channels linked by {}",
                              dsp::kStereoLinkNames[static_cast<std::size_t>(params.stereo_link)]);
  }
  return text;
}

}  // namespace aapp::fit
