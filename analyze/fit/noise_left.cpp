#include "analyze/fit/noise_left.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/parallel.h"

namespace aapp::fit {
namespace {

constexpr float kSteps16 = 32768.0F;

// Variance of a uniform error of one step of 16 bits, if these samples were rounded to such steps; else 0.
double rounding_noise(std::span<const float> wet) {
  const bool rounded =
      std::ranges::all_of(wet, [](float y) { return kSteps16 * y == std::round(kSteps16 * y); });
  return rounded ? 1.0 / (12.0 * kSteps16 * kSteps16) : 0.0;
}

// Samples that are neither clipped nor in silence, where there is no noise either.
std::size_t noisy_samples(std::span<const float> wet, std::size_t block_frames) {
  std::size_t count = 0;
  for (std::size_t first = 0; first < wet.size(); first += block_frames) {
    const auto block = wet.subspan(first, std::min(block_frames, wet.size() - first));
    double energy = 0.0;
    for (const float y : block) energy += static_cast<double>(y) * y;
    if (energy > kSilence * static_cast<double>(block.size()))
      count += static_cast<std::size_t>(std::ranges::count_if(block, [](float y) { return !is_clipped(y); }));
  }
  return count;
}

}  // namespace

ModelLeft left_by(const ChainModel& model, const PairExcerpt& excerpt) {
  const audio::AudioBuffer played = run_model(model, excerpt.dry, excerpt.rate_hz);
  std::vector<double> noise(static_cast<std::size_t>(played.channels()));
  ModelError left;
  parallel_for(noise.size() + 1, [&](std::size_t i) {
    if (i == noise.size()) {
      left = measure_error(played, excerpt);
      return;
    }
    const int c = static_cast<int>(i);
    const GainLane lane = make_gain_lane(played, excerpt.wet, std::span(&c, 1), excerpt.rate_hz);
    const std::span<const float> wet = excerpt.wet.channel(c).subspan(excerpt.warm_up_frames);
    noise[i] = std::max(noise_inside_blocks(lane), rounding_noise(wet)) *
               static_cast<double>(noisy_samples(wet, lane.block_frames));
  });
  const double all = std::accumulate(noise.begin(), noise.end(), 0.0);
  return {left.ratio(), all > 0.0 ? left.error / all : std::numeric_limits<double>::infinity()};
}

double error_over_noise(const ChainModel& model, const PairExcerpt& excerpt) {
  return left_by(model, excerpt).over_noise;
}

}  // namespace aapp::fit
