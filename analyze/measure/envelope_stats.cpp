#include "analyze/measure/envelope_stats.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/measure/band_grid.h"
#include "common/base/units.h"

namespace aapp::measure {

namespace {

constexpr double kNoiseFloorShare = 0.05;

std::int64_t window_frames(double window_ms, double rate_hz) {
  return std::max<std::int64_t>(1, ms_to_frames(window_ms, rate_hz));
}

double control_rate_hz(double rate_hz) {
  return rate_hz / static_cast<double>(window_frames(kControlFrameMs, rate_hz));
}

// Four running results side by side, so that no addition waits for the one before it. The order of additions
// is fixed, so the sum is the same in every run.
constexpr std::size_t kLanes = 4;

double sum_of(std::span<const double> values) {
  std::array<double, kLanes> sums{};
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += values[i + lane];
  }
  for (; i < values.size(); ++i) sums[0] += values[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

struct ChannelSums {
  double sum = 0.0;
  float peak = 0.0F;
};

// Adds the channel's squares to power.
ChannelSums add_channel(std::span<const float> samples, std::span<double> power) {
  std::array<double, kLanes> sums{};
  std::array<float, kLanes> peaks{};
  const auto take = [&](std::size_t i, std::size_t lane) {
    const double x = static_cast<double>(samples[i]);
    peaks[lane] = std::max(peaks[lane], std::abs(samples[i]));
    sums[lane] += x;
    power[i] += x * x;
  };
  std::size_t i = 0;
  for (; i + kLanes <= samples.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(i + lane, lane);
  }
  for (; i < samples.size(); ++i) take(i, 0);
  return {.sum = (sums[0] + sums[1]) + (sums[2] + sums[3]), .peak = *std::ranges::max_element(peaks)};
}

bool sounds(double level_db) {
  return level_db > kLevelHistogramLowDb + kLevelBinDb;
}

}  // namespace

double EnvelopeStats::peak_db() const {
  return peak > 0.0 ? gain_to_db(peak) : kSilenceDb;
}
double EnvelopeStats::rms_db() const {
  return band_level_db(mean_power);
}
double EnvelopeStats::crest_db() const {
  return mean_power > 0.0 ? peak_db() - rms_db() : 0.0;
}

double EnvelopeStats::noise_floor_db() const {
  std::vector<WeightedLevel> sounding = levels[kMainScale].levels();
  std::erase_if(sounding, [](const WeightedLevel& level) { return !sounds(level.level_db); });
  return sounding.empty() ? kSilenceDb : level_quantile_db(std::move(sounding), kNoiseFloorShare);
}

double EnvelopeStats::silence_share() const {
  const std::vector<WeightedLevel> all = levels[kMainScale].levels();
  if (all.empty()) return peak > 0.0 ? 0.0 : 1.0;
  const double gate = std::max(all.back().level_db - kLevelRangeDb, kLevelHistogramLowDb + kLevelBinDb);
  double silent = 0.0;
  for (const WeightedLevel& level : all) {
    if (level.level_db <= gate) silent += level.weight;
  }
  return silent / levels[kMainScale].total();
}

std::vector<WeightedLevel> EnvelopeStats::relative_levels_50ms() const {
  if (!levels_50ms_db.empty()) return relative_levels(std::span<const float>(levels_50ms_db), rms_db());
  return relative_levels(std::span<const WeightedLevel>(levels[kMainScale].levels()), rms_db());
}

EnvelopeMeter::EnvelopeMeter(int channels, double rate_hz)
    : channel_sums_(static_cast<std::size_t>(channels), 0.0),
      slope_meter_(control_rate_hz(rate_hz)),
      modulation_meter_(control_rate_hz(rate_hz)) {
  for (std::size_t i = 0; i < kLevelScaleCount; ++i) {
    windows_[i].frames = window_frames(kLevelWindowsMs[i], rate_hz);
    stats_.levels[i].window_ms = kLevelWindowsMs[i];
  }
  control_.frames = window_frames(kControlFrameMs, rate_hz);
}

template <class Take>
void EnvelopeMeter::cut(Window& window, Take take) {
  for (std::size_t done = 0; done < power_.size();) {
    const std::size_t count =
        std::min(power_.size() - done, static_cast<std::size_t>(window.frames - window.held));
    window.sum += sum_of(std::span(power_).subspan(done, count));
    window.held += static_cast<std::int64_t>(count);
    done += count;
    if (window.held < window.frames) continue;
    take(window.sum / static_cast<double>(window.frames));
    window.held = 0;
    window.sum = 0.0;
  }
}

void EnvelopeMeter::add_level(std::size_t scale, double power) {
  const double level_db = band_level_db(power);
  stats_.levels[scale].add(level_db);
  if (scale == kMainScale) stats_.levels_50ms_db.push_back(static_cast<float>(level_db));
}

void EnvelopeMeter::push(audio::ConstAudioView block) {
  power_.assign(block.frames(), 0.0);
  for (int c = 0; c < block.channels(); ++c) {
    const ChannelSums sums = add_channel(block.channel(c), power_);
    channel_sums_[static_cast<std::size_t>(c)] += sums.sum;
    stats_.peak = std::max(stats_.peak, static_cast<double>(sums.peak));
  }
  const double share = 1.0 / static_cast<double>(block.channels());
  for (double& power : power_) power *= share;
  power_sum_ += sum_of(power_);
  frames_ += static_cast<std::int64_t>(block.frames());

  for (std::size_t i = 0; i < kLevelScaleCount; ++i) {
    cut(windows_[i], [&](double power) { add_level(i, power); });
  }
  cut(control_, [&](double power) {
    slope_meter_.push(power);
    modulation_meter_.push(power);
  });
}

EnvelopeStats EnvelopeMeter::finish() {
  if (frames_ == 0) return stats_;
  stats_.mean_power = power_sum_ / static_cast<double>(frames_);
  for (const double sum : channel_sums_) {
    const double mean = sum / static_cast<double>(frames_);
    if (std::abs(mean) > std::abs(stats_.dc)) stats_.dc = mean;
  }
  stats_.slopes = slope_meter_.finish();
  stats_.modulation = modulation_meter_.finish();
  return std::move(stats_);
}

}  // namespace aapp::measure
