#include "analyze/measure/loudness.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analyze/measure/band_grid.h"
#include "common/base/units.h"

namespace aapp::measure {

namespace {

constexpr std::size_t kMomentarySteps = 4;
constexpr std::size_t kShortTermSteps = 30;
constexpr double kIntegratedGateLu = -10.0;
constexpr double kRangeGateLu = -20.0;
constexpr double kRangeLow = 0.10;
constexpr double kRangeHigh = 0.95;

constexpr double kLoudnessOffset = -0.691;  // BS.1770: a 997 Hz sine of full scale in one channel reads -3.01
double power_to_lufs(double power) {
  return kLoudnessOffset + power_to_db(power);
}
double lufs_to_power(double lufs) {
  return db_to_power(lufs - kLoudnessOffset);
}

// Mean power of every run of `steps` steps.
std::vector<double> sliding_means(std::span<const double> powers, std::size_t steps) {
  std::vector<double> means;
  for (std::size_t end = steps; end <= powers.size(); ++end) {
    double sum = 0.0;
    for (const double power : powers.subspan(end - steps, steps)) sum += power;
    means.push_back(sum / static_cast<double>(steps));
  }
  return means;
}

// What lies above the absolute gate and then above the mean of that, moved by relative_gate_lu.
std::vector<double> gated(std::vector<double> powers, double relative_gate_lu) {
  const auto keep_above = [&](double gate) {
    std::erase_if(powers, [&](double power) { return power <= gate; });
  };
  keep_above(lufs_to_power(kLoudnessLowLufs));
  if (powers.empty()) return powers;
  double sum = 0.0;
  for (const double power : powers) sum += power;
  keep_above(sum / static_cast<double>(powers.size()) * db_to_power(relative_gate_lu));
  return powers;
}

std::optional<double> integrated_lufs(const std::vector<double>& momentary) {
  const std::vector<double> blocks = gated(momentary, kIntegratedGateLu);
  if (blocks.empty()) return std::nullopt;
  double sum = 0.0;
  for (const double power : blocks) sum += power;
  return power_to_lufs(sum / static_cast<double>(blocks.size()));
}

std::optional<double> range_lu(const std::vector<double>& short_term) {
  std::vector<double> blocks = gated(short_term, kRangeGateLu);
  if (blocks.empty()) return std::nullopt;
  std::sort(blocks.begin(), blocks.end());
  const auto at = [&](double share) {
    return power_to_lufs(
        blocks[static_cast<std::size_t>(std::lround(share * static_cast<double>(blocks.size() - 1)))]);
  };
  return at(kRangeHigh) - at(kRangeLow);
}

std::optional<double> max_lufs(const std::vector<double>& powers) {
  const auto largest = std::max_element(powers.begin(), powers.end());
  if (largest == powers.end() || *largest <= lufs_to_power(kLoudnessLowLufs)) return std::nullopt;
  return power_to_lufs(*largest);
}

std::array<double, kLoudnessBinCount> shares(const std::vector<double>& short_term) {
  std::array<double, kLoudnessBinCount> bins{};
  double total = 0.0;
  for (const double power : short_term) {
    if (power <= lufs_to_power(kLoudnessLowLufs)) continue;
    const auto bin = static_cast<std::size_t>((power_to_lufs(power) - kLoudnessLowLufs) / kLoudnessBinLu);
    bins[std::min(bin, kLoudnessBinCount - 1)] += 1.0;
    total += 1.0;
  }
  for (double& share : bins) share = total > 0.0 ? share / total : 0.0;
  return bins;
}

}  // namespace

std::vector<double> short_term_lufs(std::span<const double> powers) {
  std::vector<double> lufs = sliding_means(powers, kShortTermSteps);
  for (double& value : lufs) value = value > 0.0 ? power_to_lufs(value) : kSilenceDb;
  return lufs;
}

Loudness loudness_of_steps(std::span<const double> powers) {
  const std::vector<double> momentary = sliding_means(powers, kMomentarySteps);
  const std::vector<double> short_term = sliding_means(powers, kShortTermSteps);
  return {.integrated_lufs = integrated_lufs(momentary),
          .range_lu = range_lu(short_term),
          .momentary_max_lufs = max_lufs(momentary),
          .short_term_max_lufs = max_lufs(short_term),
          .true_peak = std::nullopt,
          .short_term = shares(short_term)};
}

LoudnessMeter::LoudnessMeter(int channels, double rate_hz, TruePeak true_peak) : steps_(channels, rate_hz) {
  if (true_peak == TruePeak::measure) true_peak_.emplace(channels, rate_hz);
}

void LoudnessMeter::push(audio::ConstAudioView block) {
  steps_.push(block);
  if (true_peak_) true_peak_->push(block);
}

Loudness LoudnessMeter::finish() {
  Loudness result = loudness_of_steps(steps_.powers());
  if (true_peak_) result.true_peak = true_peak_->finish();
  return result;
}

}  // namespace aapp::measure
