#include "analyze/fit/dynamics_target.h"

#include <algorithm>
#include <cmath>

#include "analyze/fit/dynamics_model.h"
#include "analyze/measure/distance.h"

namespace aapp::fit {

namespace {

// dB of the 50 ms levels that a unit of each other statistic is worth.
constexpr double kOtherScaleWeight = 0.25;
constexpr double kModulationWeight = 0.05;
constexpr double kSlopeWeight = 0.2;

std::vector<double> quantiles_of(const std::vector<measure::WeightedLevel>& levels) {
  std::vector<double> quantiles;
  if (levels.empty()) return quantiles;
  for (std::size_t k = 0; k < kLevelQuantileCount; ++k) {
    const double share = (static_cast<double>(k) + 0.5) / double{kLevelQuantileCount};
    quantiles.push_back(measure::level_quantile_db(levels, share));
  }
  return quantiles;
}

}  // namespace

double DynamicsTarget::spread_db() const {
  const std::vector<double>& q = quantiles_db[measure::kMainScale];
  if (q.empty()) return 0.0;
  const double median = q[q.size() / 2];
  double sum = 0.0;
  for (const double level : q) sum += std::abs(level - median);
  return sum / static_cast<double>(q.size());
}

DynamicsTarget dynamics_of(const measure::EnvelopeStats& envelope) {
  DynamicsTarget target{.quantiles_db = {}, .slopes = envelope.slopes, .modulation = envelope.modulation};
  for (std::size_t scale = 0; scale < measure::kLevelScaleCount; ++scale) {
    target.quantiles_db[scale] =
        quantiles_of(scale == measure::kMainScale
                         ? envelope.relative_levels_50ms()
                         : measure::relative_levels(
                               std::span<const measure::WeightedLevel>(envelope.levels[scale].levels()),
                               envelope.rms_db()));
  }
  return target;
}

DynamicsTarget dynamics_of(std::span<const double> cell_powers, double cell_rate_hz) {
  DynamicsTarget target;
  const std::vector<double> powers(cell_powers.begin(), cell_powers.end());
  for (std::size_t scale = 0; scale < measure::kLevelScaleCount; ++scale) {
    const std::size_t cells = window_cells(measure::kLevelWindowsMs[scale], cell_rate_hz);
    target.quantiles_db[scale] =
        level_quantiles(relative_window_levels(powers, cells), measure::kLevelRangeDb, kLevelQuantileCount);
  }
  const std::size_t control_cells = window_cells(measure::kControlFrameMs, cell_rate_hz);
  const double control_rate_hz = cell_rate_hz / static_cast<double>(control_cells);
  measure::SlopeMeter slopes(control_rate_hz);
  measure::ModulationMeter modulation(control_rate_hz);
  for (std::size_t first = 0; first + control_cells <= powers.size(); first += control_cells) {
    double sum = 0.0;
    for (std::size_t c = first; c < first + control_cells; ++c) sum += powers[c];
    slopes.push(sum / static_cast<double>(control_cells));
    modulation.push(sum / static_cast<double>(control_cells));
  }
  target.slopes = slopes.finish();
  target.modulation = modulation.finish();
  return target;
}

DynamicsTarget blend(const DynamicsTarget& from, const DynamicsTarget& to, double amount) {
  DynamicsTarget result = to;
  for (std::size_t scale = 0; scale < measure::kLevelScaleCount; ++scale) {
    if (from.quantiles_db[scale].size() != to.quantiles_db[scale].size()) continue;
    for (std::size_t k = 0; k < to.quantiles_db[scale].size(); ++k)
      result.quantiles_db[scale][k] =
          std::lerp(from.quantiles_db[scale][k], to.quantiles_db[scale][k], amount);
  }
  return result;
}

double quantile_distance_db(const DynamicsTarget& a, const DynamicsTarget& b, std::size_t scale) {
  const std::vector<double>& qa = a.quantiles_db[scale];
  const std::vector<double>& qb = b.quantiles_db[scale];
  if (qa.empty() || qa.size() != qb.size()) return 0.0;
  double sum = 0.0;
  for (std::size_t k = 0; k < qa.size(); ++k) sum += std::abs(qa[k] - qb[k]);
  return sum / static_cast<double>(qa.size());
}

double dynamics_distance(const DynamicsTarget& reference, const DynamicsTarget& other) {
  double distance = 0.0;
  for (std::size_t scale = 0; scale < measure::kLevelScaleCount; ++scale) {
    const double weight = scale == measure::kMainScale ? 1.0 : kOtherScaleWeight;
    distance += weight * quantile_distance_db(reference, other, scale);
  }
  return distance +
         kModulationWeight *
             measure::modulation_distance_db(reference.modulation, other.modulation).value_or(0.0) +
         kSlopeWeight * measure::slope_distance_oct(reference.slopes, other.slopes).value_or(0.0);
}

}  // namespace aapp::fit
