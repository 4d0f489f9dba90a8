#include "play/engine/level_meter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "common/base/units.h"

namespace aapp::play {

namespace {

struct BlockLevel {
  float peak = 0.0F;
  double sum_squares = 0.0;
};

// Many peaks and sums side by side, none of which waits for another: the compiler keeps them in vector
// registers.
BlockLevel level_of(std::span<const float> samples) noexcept {
  constexpr std::size_t kLanes = 8;
  std::array<float, kLanes> peaks{};
  std::array<double, kLanes> sums{};
  const auto add = [&](std::size_t lane, float sample) {
    peaks[lane] = std::max(peaks[lane], std::abs(sample));
    sums[lane] += static_cast<double>(sample) * static_cast<double>(sample);
  };
  std::size_t i = 0;
  for (; i + kLanes <= samples.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(lane, samples[i + lane]);
  }
  for (; i < samples.size(); ++i) add(0, samples[i]);
  return {*std::ranges::max_element(peaks), std::accumulate(sums.begin(), sums.end(), 0.0)};
}

std::int64_t count_clipped(std::span<const float> samples) noexcept {
  return std::ranges::count_if(samples, [](float sample) { return std::abs(sample) >= kFullScale; });
}

}  // namespace

void add_to_levels(Levels& levels, audio::ConstAudioView block) noexcept {
  levels.channels = block.channels();
  levels.frames += static_cast<std::int64_t>(block.frames());
  for (int c = 0; c < block.channels(); ++c) {
    const BlockLevel now = level_of(block.channel(c));
    ChannelLevel& level = levels.channel[static_cast<std::size_t>(c)];
    level.peak = std::max(level.peak, now.peak);
    level.sum_squares += now.sum_squares;
    if (now.peak >= kFullScale) level.clipped += count_clipped(block.channel(c));
  }
}

void forget_peaks(Levels& levels) noexcept {
  for (int c = 0; c < levels.channels; ++c) levels.channel[static_cast<std::size_t>(c)].peak = 0.0F;
}

double rms_db_between(const Levels& before, const Levels& now, int channel) {
  const auto c = static_cast<std::size_t>(channel);
  const auto frames = static_cast<double>(now.frames - before.frames);
  const double sum = now.channel[c].sum_squares - before.channel[c].sum_squares;
  if (!(frames > 0.0) || !(sum > 0.0)) return -std::numeric_limits<double>::infinity();
  return power_to_db(sum / frames);
}

}  // namespace aapp::play
