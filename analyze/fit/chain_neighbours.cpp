#include "analyze/fit/chain_neighbours.h"

#include <algorithm>
#include <array>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/other_knee.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"

namespace aapp::fit {
namespace {

using dsp::Detector;
using effects::CompressorParams;

constexpr int kFirstSteps = 4, kLastSteps = 8;
// How many of the best after these are moved on.
constexpr std::size_t kFinalists = 2;
// On pitched sound there is a minimum for every half period of a box's window.
constexpr std::array kOtherWindows{0.5, 0.65, 0.8, 0.89, 1.12, 1.25, 1.5, 1.75, 2.0, 2.5};
// What share of a gain's lateness another detector's window may have, the rest being the attack's.
constexpr std::array kShares{0.2, 0.6};

// How old a detector's mean is, per length of its window.
double age_of_window(Detector detector) {
  if (detector == Detector::peak) return 0.0;
  return detector == Detector::rms ? 1.0 : 0.5;
}

// How late the gain is behind a level that rises.
double late_ms(const CompressorParams& compressor) {
  return compressor.attack_ms + age_of_window(compressor.detector) * compressor.rms_window_ms;
}

// The attack gives way to the window, so that both together are late as before.
CompressorParams with_window(const CompressorParams& from, Detector detector, double window_ms) {
  CompressorParams other = from;
  other.detector = detector;
  other.rms_window_ms = window_ms;
  other.attack_ms = std::max(kGainBlockMs, late_ms(from) - age_of_window(detector) * window_ms);
  return other;
}

std::vector<CompressorParams> other_windows(const CompressorParams& from) {
  std::vector<CompressorParams> all;
  if (from.detector != Detector::rms_box) return all;
  for (const double factor : kOtherWindows)
    all.push_back(with_window(from, from.detector, factor * from.rms_window_ms));
  return all;
}

std::vector<CompressorParams> with_detector(const CompressorParams& from, Detector detector) {
  if (detector == Detector::peak) return {with_window(from, detector, from.rms_window_ms)};
  std::vector<CompressorParams> all;
  for (const double share : kShares)
    all.push_back(with_window(from, detector, share * late_ms(from) / age_of_window(detector)));
  return all;
}

std::vector<CompressorParams> neighbours(const CompressorParams& from) {
  std::vector<CompressorParams> all = other_windows(from);
  for (const CompressorParams& topology : all_topologies(from.stereo_link)) {
    const bool other_detector = topology.detector != from.detector;
    const int differing =
        other_detector + (topology.smoothing != from.smoothing) + (topology.ballistics != from.ballistics);
    if (differing != 1) continue;
    CompressorParams other = from;
    other.smoothing = topology.smoothing, other.ballistics = topology.ballistics;
    const std::vector<CompressorParams> some =
        other_detector ? with_detector(from, topology.detector) : std::vector{other};
    all.insert(all.end(), some.begin(), some.end());
  }
  all.push_back(to_params(with_other_knee(to_point(from)), from));
  return all;
}

FoundChain moved_by(int steps, const ChainModel& model, const PairExcerpt& search,
                    const PairedFitOptions& options) {
  ErrorModel error = estimate_chain_error(model, search);
  error.relative = std::max(error.relative, kUnfinished);
  FoundChain found{fit_jointly(search, model, error, joint_options(options, kSearchStride, steps)).model};
  found.error = model_error(found.model, search);
  return found;
}

// The best of the chains with these compressors, if it leaves less than `now`.
std::optional<FoundChain> better_of(const std::vector<CompressorParams>& compressors, const ChainModel& now,
                                    const PairExcerpt& search, const PairedFitOptions& options) {
  std::vector<FoundChain> found(compressors.size(), FoundChain{now});
  parallel_for(found.size(), options.threads, [&](std::size_t i) {
    found[i].model.compressor = compressors[i];
    found[i] = moved_by(kFirstSteps, found[i].model, search, options);
  });
  std::ranges::stable_sort(found, {}, &FoundChain::error);
  found.resize(std::min(found.size(), kFinalists));
  parallel_for(found.size(), options.threads,
               [&](std::size_t i) { found[i] = moved_by(kLastSteps, found[i].model, search, options); });
  const FoundChain& best = *std::ranges::min_element(found, {}, &FoundChain::error);
  if (best.error < model_error(now, search)) return best;
  return std::nullopt;
}

}  // namespace

std::optional<FoundChain> better_neighbour(const ChainModel& now, const PairExcerpt& search,
                                           const PairedFitOptions& options) {
  return better_of(neighbours(now.compressor), now, search, options);
}

std::optional<FoundChain> better_link(const ChainModel& now, const PairExcerpt& search,
                                      const PairedFitOptions& options) {
  const std::vector<dsp::StereoLink> links = possible_links(search.dry);
  if (links.size() == 1) return std::nullopt;
  std::vector<CompressorParams> compressors;
  for (const dsp::StereoLink link : links) {
    compressors.push_back(now.compressor);
    compressors.back().stereo_link = link;
  }
  return better_of(compressors, now, search, options);
}

}  // namespace aapp::fit
