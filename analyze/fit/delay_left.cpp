#include "analyze/fit/delay_left.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "analyze/fit/alignment.h"
#include "analyze/fit/gain_trajectory.h"
#include "analyze/fit/parallel.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

constexpr double kWorthwhileShare = 0.005;
constexpr double kSmallestFrames = 0.0005, kLargestFrames = 0.75;
constexpr std::size_t kReach = 16;  // of the differentiator, to either side

using Differentiator = std::array<double, kReach>;  // of z[n + 1 + k] - z[n - 1 - k]

// The derivative of a band-limited signal, in Hann's window.
Differentiator make_differentiator() {
  Differentiator taps{};
  for (std::size_t i = 0; i < kReach; ++i) {
    const auto k = static_cast<double>(i + 1);
    taps[i] = (i % 2 == 0 ? 1.0 : -1.0) / k * 0.5 * (1.0 + std::cos(kPi * k / (kReach + 1.0)));
  }
  return taps;
}

// Products of a channel's error and its model's slope.
struct Sums {
  double ee = 0.0, es = 0.0, ss = 0.0;
};

Sums sum_up(std::span<const float> y, std::span<const float> z, std::size_t first,
            const Differentiator& taps) {
  Sums sums;
  for (std::size_t n = std::max(kReach, first); n + kReach < y.size(); ++n) {
    if (is_clipped(y[n])) continue;
    const double error = static_cast<double>(y[n]) - z[n];
    double slope = 0.0;
    for (std::size_t k = 0; k < kReach; ++k)
      slope += taps[k] * (static_cast<double>(z[n + 1 + k]) - z[n - 1 - k]);
    sums.ee += error * error, sums.es += error * slope, sums.ss += slope * slope;
  }
  return sums;
}

}  // namespace

DelayLeft delay_left(const ChainModel& model, const PairExcerpt& excerpt) {
  const audio::AudioBuffer out = run_model(model, excerpt.dry, excerpt.rate_hz);
  const Differentiator taps = make_differentiator();
  std::vector<Sums> channels(static_cast<std::size_t>(out.channels()));
  parallel_for(channels.size(), [&](std::size_t i) {
    const int c = static_cast<int>(i);
    channels[i] = sum_up(excerpt.wet.channel(c), std::as_const(out).channel(c), excerpt.warm_up_frames, taps);
  });
  double ee = 0.0, es = 0.0, ss = 0.0;
  for (const Sums& sums : channels) ee += sums.ee, es += sums.es, ss += sums.ss;
  if (!(ss > 0.0) || es * es <= kWorthwhileShare * ss * ee) return {};
  const double frames = -es / ss;
  if (std::abs(frames) < kSmallestFrames || std::abs(frames) > kLargestFrames) return {};
  return {.frames = frames, .error_share = es * es / (ss * ee)};
}

WetRecordings advanced_wet(const PairSplit& split, double frames) {
  const auto advanced = [frames](const PairExcerpt& excerpt) {
    return align_wet(excerpt.wet, {.fraction_frames = frames}, excerpt.wet.frames());
  };
  return {advanced(split.search), advanced(split.heat), advanced(split.fit), advanced(split.held_out)};
}

void exchange_wet(PairSplit& split, WetRecordings& wet) {
  const std::array excerpts{&split.search, &split.heat, &split.fit, &split.held_out};
  for (std::size_t i = 0; i < wet.size(); ++i) std::swap(excerpts[i]->wet, wet[i]);
}

}  // namespace aapp::fit
