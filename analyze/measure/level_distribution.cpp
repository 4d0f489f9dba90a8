#include "analyze/measure/level_distribution.h"

#include <algorithm>
#include <cmath>

namespace aapp::measure {

namespace {

void sort_by_level(std::vector<WeightedLevel>& levels) {
  std::sort(levels.begin(), levels.end(),
            [](const WeightedLevel& a, const WeightedLevel& b) { return a.level_db < b.level_db; });
}

double total_weight(const std::vector<WeightedLevel>& levels) {
  double total = 0.0;
  for (const WeightedLevel& level : levels) total += level.weight;
  return total;
}

}  // namespace

double level_bin_db(std::size_t bin) {
  return kLevelHistogramLowDb + (static_cast<double>(bin) + 0.5) * kLevelBinDb;
}

void LevelHistogram::add(double level_db, double weight) {
  const double place = std::floor((level_db - kLevelHistogramLowDb) / kLevelBinDb);
  weights[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(kLevelBinCount - 1)))] +=
      weight;
}

double LevelHistogram::total() const {
  double total = 0.0;
  for (const double weight : weights) total += weight;
  return total;
}

std::vector<WeightedLevel> LevelHistogram::levels() const {
  std::vector<WeightedLevel> result;
  for (std::size_t bin = 0; bin < weights.size(); ++bin) {
    if (weights[bin] > 0.0) result.push_back({level_bin_db(bin), weights[bin]});
  }
  return result;
}

std::vector<WeightedLevel> relative_levels(std::span<const WeightedLevel> levels, double mean_level_db) {
  std::vector<WeightedLevel> result;
  if (levels.empty()) return result;
  double loudest = levels.front().level_db;
  for (const WeightedLevel& level : levels) loudest = std::max(loudest, level.level_db);
  for (const WeightedLevel& level : levels) {
    if (level.level_db > loudest - kLevelRangeDb)
      result.push_back({level.level_db - mean_level_db, level.weight});
  }
  return result;
}

std::vector<WeightedLevel> relative_levels(std::span<const float> levels_db, double mean_level_db) {
  std::vector<WeightedLevel> levels;
  levels.reserve(levels_db.size());
  for (const float level_db : levels_db) levels.push_back({static_cast<double>(level_db), 1.0});
  return relative_levels(std::span<const WeightedLevel>(levels), mean_level_db);
}

double level_quantile_db(std::vector<WeightedLevel> levels, double share) {
  if (levels.empty()) return 0.0;
  sort_by_level(levels);
  const double wanted = share * total_weight(levels);
  double held = 0.0;
  for (const WeightedLevel& level : levels) {
    held += level.weight;
    if (held >= wanted) return level.level_db;
  }
  return levels.back().level_db;
}

double wasserstein_db(std::vector<WeightedLevel> a, const std::vector<WeightedLevel>& b) {
  const double total_a = total_weight(a);
  const double total_b = total_weight(b);
  if (!(total_a > 0.0) || !(total_b > 0.0)) return 0.0;
  // The two, merged: b's weights count down. Their running sum is the difference of the cumulative
  // distributions.
  for (WeightedLevel& level : a) level.weight /= total_a;
  for (const WeightedLevel& level : b) a.push_back({level.level_db, -level.weight / total_b});
  sort_by_level(a);
  double area = 0.0;
  double difference = 0.0;
  for (std::size_t i = 0; i + 1 < a.size(); ++i) {
    difference += a[i].weight;
    area += std::abs(difference) * (a[i + 1].level_db - a[i].level_db);
  }
  return area;
}

}  // namespace aapp::measure
