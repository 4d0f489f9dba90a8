// The statistics that a compressor is fitted to when there is no dry recording: how loud how often at three
// time scales, how fast it gets louder and quieter, how strongly it swings at which speed. All are relative
// to the mean energy, so the level plays no part.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "analyze/fit/level_series.h"
#include "analyze/measure/envelope_stats.h"

namespace aapp::fit {

// Levels are compared at this many evenly spaced quantiles: their mean difference is the Wasserstein
// distance.
inline constexpr std::size_t kLevelQuantileCount = 48;

struct DynamicsTarget {
  // By time scale, as measure::kLevelWindowsMs; empty where the recording is shorter than a window.
  std::array<std::vector<double>, measure::kLevelScaleCount> quantiles_db;
  measure::SlopeHistograms slopes;
  measure::ModulationSpectrum modulation{};

  // Mean distance of the 50 ms levels from their median: how wide the recording breathes.
  double spread_db() const;
};

DynamicsTarget dynamics_of(const measure::EnvelopeStats& envelope);
// Of the powers of a series' cells, as dynamics_model.h predicts them.
DynamicsTarget dynamics_of(std::span<const double> cell_powers, double cell_rate_hz);

// The quantiles part of the way from one to the other: 0 gives `from`, 1 gives `to`.
DynamicsTarget blend(const DynamicsTarget& from, const DynamicsTarget& to, double amount);

// Mean difference of the quantiles at one scale, in dB; 0 where either has none.
double quantile_distance_db(const DynamicsTarget& a, const DynamicsTarget& b, std::size_t scale);

// One number for all of it: the 50 ms levels count fully, the other statistics are there to tell apart what
// the levels do not (attack and release).
double dynamics_distance(const DynamicsTarget& reference, const DynamicsTarget& other);

}  // namespace aapp::fit
