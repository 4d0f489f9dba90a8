#include "analyze/fit/dynamics_model.h"

#include "analyze/fit/compressor_steps.h"

namespace aapp::fit {
namespace {

// What passes through the ballistics; the slope does not, since they follow the dB over the threshold.
enum : std::size_t { kByThreshold, kByKnee, kByLnAttack, kByLnRelease, kCarried };

// Calls sink with the smoothed dB over the threshold, mean over a cell, for every cell.
template <Derivatives derive, class Sink>
void follow_cells(const LevelSeries& series, const DynamicsVector& x, Sink&& sink) {
  const UnitCurve curve(x[kDynamicsThresholdDb], x[kDynamicsKneeDb]);
  Follower<dsp::Ballistics::branching, kCarried, derive> follower(
      {x[kDynamicsLnAttack], series.step_rate_hz}, {x[kDynamicsLnRelease], series.step_rate_hz}, kByLnAttack,
      0.0);
  const float* level_db = series.level_db.data();
  for (std::size_t cell = 0; cell < series.cells(); ++cell) {
    Track<kCarried> mean;
    for (std::size_t s = 0; s < kStepsPerCell; ++s) {
      double by_level = 0.0, by_knee = 0.0;
      const double over = curve(static_cast<double>(*level_db++), by_level, by_knee);
      const Track<kCarried>& state = follower.step(over, {-by_level, by_knee, 0.0, 0.0});
      mean.value += state.value / double{kStepsPerCell};
      if constexpr (derive == Derivatives::none) continue;
      for (std::size_t i = 0; i < kCarried; ++i) mean.by[i] += state.by[i] / double{kStepsPerCell};
    }
    sink(cell, mean);
  }
}

}  // namespace

DynamicsVector to_dynamics_vector(const effects::CompressorParams& params) {
  return {params.threshold_db, dsp::ratio_to_slope(params.ratio), params.knee_db, std::log(params.attack_ms),
          std::log(params.release_ms)};
}

template <>
std::vector<double> compressed_powers(const LevelSeries& series, const DynamicsVector& x) {
  std::vector<double> powers(series.cells());
  follow_cells<Derivatives::none>(series, x, [&](std::size_t cell, const Track<kCarried>& over) {
    powers[cell] = static_cast<double>(series.power[cell]) * db_to_power(-x[kDynamicsSlope] * over.value);
  });
  return powers;
}

template <>
std::vector<DynamicsJet> compressed_powers(const LevelSeries& series, const DynamicsVector& x) {
  std::vector<DynamicsJet> powers(series.cells());
  follow_cells<Derivatives::all>(series, x, [&](std::size_t cell, const Track<kCarried>& over) {
    DynamicsJet over_db(over.value);
    over_db.v << over.by[kByThreshold], 0.0, over.by[kByKnee], over.by[kByLnAttack], over.by[kByLnRelease];
    const DynamicsJet slope(x[kDynamicsSlope], static_cast<int>(kDynamicsSlope));
    powers[cell] = static_cast<double>(series.power[cell]) * db_to_power(DynamicsJet(-slope * over_db));
  });
  return powers;
}

}  // namespace aapp::fit
