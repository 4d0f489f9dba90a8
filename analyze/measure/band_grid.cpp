#include "analyze/measure/band_grid.h"

#include <algorithm>

#include "common/base/units.h"

namespace aapp::measure {

double band_level_db(double power) {
  return power > 1e-30 ? power_to_db(power) : kSilenceDb;
}

CumulativePower::CumulativePower(std::span<const double> density, double bin_hz)
    : sum_(density.size() + 1, 0.0), bin_hz_(bin_hz) {
  for (std::size_t k = 0; k < density.size(); ++k) sum_[k + 1] = sum_[k] + density[k] * bin_hz;
}

double CumulativePower::up_to(double frequency_hz) const {
  // Bin 0 has only its upper half, yet all of its power: the first edges are 0, 1/2, 3/2, .. bins.
  const double x = frequency_hz / bin_hz_;
  if (x <= 0.5) return sum_.size() > 1 ? sum_[1] * std::max(x, 0.0) / 0.5 : 0.0;
  const double place = x + 0.5;
  const auto edge = static_cast<std::size_t>(place);
  if (edge + 1 >= sum_.size()) return sum_.back();
  return sum_[edge] + (sum_[edge + 1] - sum_[edge]) * (place - static_cast<double>(edge));
}

double CumulativePower::between(double low_hz, double high_hz) const {
  return std::max(0.0, up_to(high_hz) - up_to(low_hz));
}

std::vector<BandPower> band_powers(const CumulativePower& power, std::span<const Band> bands,
                                   double rate_hz) {
  std::vector<BandPower> result(bands.size());
  double strongest = 0.0;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    result[i].power = power.between(bands[i].low_hz, bands[i].high_hz);
    result[i].in_range = bands[i].high_hz < 0.5 * rate_hz * kUsableNyquist;
    if (result[i].in_range) strongest = std::max(strongest, result[i].power);
  }
  const double least = strongest * db_to_power(-kEnergyRangeDb);
  for (BandPower& band : result) band.has_energy = band.in_range && band.power > least;
  return result;
}

}  // namespace aapp::measure
