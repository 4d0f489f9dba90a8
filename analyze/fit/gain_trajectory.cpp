#include "analyze/fit/gain_trajectory.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "analyze/fit/parallel.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

constexpr std::size_t kBlocksAtOnce = 4096;  // that a thread adds up

// Adds a channel's sums to blocks [first, last).
void add_channel(std::span<const float> x, std::span<const float> y, std::size_t first, std::size_t last,
                 GainLane& lane) {
  for (std::size_t b = first; b < last; ++b) {
    double xx = lane.xx[b], xy = lane.xy[b], yy = lane.yy[b];
    bool clipped = false;
    for (std::size_t n = b * lane.block_frames; n < (b + 1) * lane.block_frames; ++n) {
      const double xn = x[n], yn = y[n];
      lane.energy[n] += static_cast<float>(xn * xn);
      xx += xn * xn, xy += xn * yn, yy += yn * yn;
      clipped |= is_clipped(y[n]);
    }
    lane.xx[b] = clipped ? std::numeric_limits<double>::quiet_NaN() : xx;
    lane.xy[b] = xy, lane.yy[b] = yy;
  }
}

void drop_clipped_blocks(GainLane& lane) {
  for (std::size_t b = 0; b < lane.blocks(); ++b) {
    if (!std::isnan(lane.xx[b])) continue;
    lane.xx[b] = lane.xy[b] = lane.yy[b] = 0.0;
    std::fill_n(lane.energy.begin() + static_cast<std::ptrdiff_t>(b * lane.block_frames), lane.block_frames,
                0.0F);
  }
}

}  // namespace

double whitening(const ErrorModel& error, double yy) {
  return 1.0 / std::sqrt(error.noise + error.relative * error.relative * yy + 1e-30);
}

std::size_t gain_block_frames(int rate_hz) {
  return static_cast<std::size_t>(std::max(1LL, ms_to_frames(kGainBlockMs, rate_hz)));
}

GainLane make_gain_lane(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet,
                        std::span<const int> channels, int rate_hz) {
  assert(dry.frames() == wet.frames());
  GainLane lane;
  lane.block_frames = gain_block_frames(rate_hz);
  lane.block_samples = lane.block_frames * channels.size();
  const std::size_t blocks = dry.frames() / lane.block_frames;
  lane.energy.assign(blocks * lane.block_frames, 0.0F);
  lane.xx.assign(blocks, 0.0);
  lane.xy.assign(blocks, 0.0);
  lane.yy.assign(blocks, 0.0);
  parallel_for((blocks + kBlocksAtOnce - 1) / kBlocksAtOnce, [&](std::size_t i) {
    for (const int c : channels) {
      add_channel(dry.channel(c), wet.channel(c), i * kBlocksAtOnce,
                  std::min(blocks, (i + 1) * kBlocksAtOnce), lane);
    }
  });
  drop_clipped_blocks(lane);
  return lane;
}

double noise_inside_blocks(const GainLane& lane) {
  if (lane.block_samples < 2) return 0.0;
  std::vector<std::size_t> by_level;
  for (std::size_t b = 0; b < lane.blocks(); ++b) {
    if (lane.yy[b] > kSilence * static_cast<double>(lane.block_samples)) by_level.push_back(b);
  }
  const std::size_t quiet = std::max<std::size_t>(1, by_level.size() / 2);
  if (by_level.empty()) return 0.0;
  std::nth_element(by_level.begin(), by_level.begin() + static_cast<std::ptrdiff_t>(quiet - 1),
                   by_level.end(), [&](std::size_t a, std::size_t b) {
                     return lane.yy[a] != lane.yy[b] ? lane.yy[a] < lane.yy[b] : a < b;
                   });
  double sum = 0.0;
  for (std::size_t i = 0; i < quiet; ++i) {
    const std::size_t b = by_level[i];
    const double explained = lane.xx[b] > 0.0 ? lane.xy[b] * lane.xy[b] / lane.xx[b] : 0.0;
    sum += std::max(0.0, lane.yy[b] - explained);
  }
  return sum / (static_cast<double>(quiet) * static_cast<double>(lane.block_samples - 1));
}

std::vector<double> observed_gain_db(const GainLane& lane, int rate_hz, double frame_ms, double range_db) {
  const auto per_frame = static_cast<std::size_t>(
      std::max(1.0, std::round(frame_ms * rate_hz / 1000.0 / static_cast<double>(lane.block_frames))));
  const std::size_t frames = lane.blocks() / per_frame;
  std::vector<double> xx(frames, 0.0), gain(frames, std::numeric_limits<double>::quiet_NaN());
  double loudest = 0.0;
  for (std::size_t f = 0; f < frames; ++f) {
    for (std::size_t b = f * per_frame; b < (f + 1) * per_frame; ++b) xx[f] += lane.xx[b];
    loudest = std::max(loudest, xx[f]);
  }
  const double gate = loudest * db_to_power(-range_db);
  for (std::size_t f = 0; f < frames; ++f) {
    double xy = 0.0;
    for (std::size_t b = f * per_frame; b < (f + 1) * per_frame; ++b) xy += lane.xy[b];
    if (xx[f] > gate && xy > 0.0) gain[f] = gain_to_db(xy / xx[f]);
  }
  return gain;
}

}  // namespace aapp::fit
