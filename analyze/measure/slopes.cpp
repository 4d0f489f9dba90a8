#include "analyze/measure/slopes.h"

#include <algorithm>
#include <cmath>

#include "analyze/measure/band_grid.h"
#include "analyze/measure/level_distribution.h"

namespace aapp::measure {

namespace {

constexpr double kRowDb = 2.0;
constexpr std::size_t kRowCount = 75;  // from kLevelHistogramLowDb to +30 dB
constexpr double kBinsPerOctave = 2.0;

std::size_t row_of(double level_db) {
  const double row = std::floor((level_db - kLevelHistogramLowDb) / kRowDb);
  return static_cast<std::size_t>(std::clamp(row, 0.0, static_cast<double>(kRowCount - 1)));
}

}  // namespace

double slope_bin_db_per_s(std::size_t bin) {
  return kSlopeLowDbPerS * std::exp2(static_cast<double>(bin) / kBinsPerOctave);
}

SlopeMeter::SlopeMeter(double control_rate_hz)
    : control_rate_hz_(control_rate_hz), loudest_db_(kSilenceDb), rows_(kRowCount) {}

void SlopeMeter::push(double power) {
  powers_ = {powers_[1], powers_[2], power};
  levels_db_[0] = levels_db_[1];
  levels_db_[1] = levels_db_[2];
  levels_db_[2] = band_level_db(0.25 * (powers_[0] + 2.0 * powers_[1] + powers_[2]));
  ++pushed_;
  if (pushed_ < 3) return;  // no whole smoothed level yet
  loudest_db_ = std::max(loudest_db_, levels_db_[2]);
  if (pushed_ >= 5) count(levels_db_[0], levels_db_[2]);
}

void SlopeMeter::count(double from_db, double to_db) {
  Row& row = rows_[row_of(std::min(from_db, to_db))];
  const double slope = (to_db - from_db) * control_rate_hz_ / 2.0;
  const double size = std::abs(slope);
  if (size < kSlopeLowDbPerS) {
    row.steady += 1.0;
    return;
  }
  const auto bin = static_cast<std::size_t>(kBinsPerOctave * std::log2(size / kSlopeLowDbPerS));
  (slope > 0.0 ? row.rising : row.falling)[std::min(bin, kSlopeBinCount - 1)] += 1.0;
}

SlopeHistograms SlopeMeter::finish() const {
  SlopeHistograms result;
  if (loudest_db_ <= kLevelHistogramLowDb) return result;
  double total = 0.0;
  for (std::size_t r = row_of(loudest_db_ - kLevelRangeDb); r < rows_.size(); ++r) {
    for (std::size_t bin = 0; bin < kSlopeBinCount; ++bin) {
      result.rising[bin] += rows_[r].rising[bin];
      result.falling[bin] += rows_[r].falling[bin];
      total += rows_[r].rising[bin] + rows_[r].falling[bin];
    }
    result.steady += rows_[r].steady;
    total += rows_[r].steady;
  }
  if (total == 0.0) return {};
  for (double& share : result.rising) share /= total;
  for (double& share : result.falling) share /= total;
  result.steady /= total;
  return result;
}

}  // namespace aapp::measure
