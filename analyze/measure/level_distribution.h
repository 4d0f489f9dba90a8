// How loud how often: levels of windows of one length over a recording. A histogram serves weighting and
// averaging; a distance between two distributions is the cost of moving one into the other.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace aapp::measure {

// Only levels within this range under the loudest window tell of the sound; below are pauses and noise.
inline constexpr double kLevelRangeDb = 50.0;

// Level with a weight: a window of a recording (weight 1) or a bin of a histogram.
struct WeightedLevel {
  double level_db = 0.0;
  double weight = 0.0;
  bool operator==(const WeightedLevel&) const = default;
};

// Counts of levels in bins of kLevelBinDb. Flat in length. Levels outside the range go to the end bins.
inline constexpr double kLevelBinDb = 0.25;
inline constexpr double kLevelHistogramLowDb = -120.0;
inline constexpr std::size_t kLevelBinCount = 600;  // up to +30 dB

struct LevelHistogram {
  double window_ms = 0.0;
  std::vector<double> weights = std::vector<double>(kLevelBinCount, 0.0);

  void add(double level_db, double weight = 1.0);
  double total() const;
  // The middles of the bins that hold something, in rising order.
  std::vector<WeightedLevel> levels() const;
  bool operator==(const LevelHistogram&) const = default;
};

// Middle of a histogram bin.
double level_bin_db(std::size_t bin);

// Levels of a recording relative to its mean energy, without those more than kLevelRangeDb under the loudest.
std::vector<WeightedLevel> relative_levels(std::span<const WeightedLevel> levels, double mean_level_db);
std::vector<WeightedLevel> relative_levels(std::span<const float> levels_db, double mean_level_db);

// The level that `share` (0 to 1) of the weight lies at or under. 0 for an empty list.
double level_quantile_db(std::vector<WeightedLevel> levels, double share);

// 1-D Wasserstein distance: the area between the two cumulative distributions, in dB. Each is taken with
// total weight 1; 0 if either is empty.
double wasserstein_db(std::vector<WeightedLevel> a, const std::vector<WeightedLevel>& b);

}  // namespace aapp::measure
