#include "analyze/fit/dynamics_model.h"

#include "analyze/fit/compressor_sensitivity.h"
#include "analyze/fit/compressor_steps.h"

namespace aapp::fit {
namespace {

// Calls sink with the smoothed dB over the threshold, mean over a cell, for every cell. The slope does not
// pass through the ballistics, since they follow the dB over the threshold.
template <Derivatives derive, class Sink>
void follow_cells(const LevelSeries& series, const DynamicsVector& x, Sink&& sink) {
  const UnitCurve curve(x[kDynamicsThresholdDb], x[kDynamicsKneeDb]);
  Follower<dsp::Ballistics::branching, 1, derive> follower({x[kDynamicsLnAttack], series.step_rate_hz},
                                                           {x[kDynamicsLnRelease], series.step_rate_hz}, 0.0);
  const float* level_db = series.level_db.data();
  for (std::size_t cell = 0; cell < series.cells(); ++cell) {
    Track<1> mean;
    for (std::size_t s = 0; s < kStepsPerCell; ++s) {
      double by_level = 0.0, by_knee = 0.0;
      Track<1> over{.value = dsp::Vec{} + curve(static_cast<double>(*level_db++), by_level, by_knee)};
      over.by[0] = dsp::Vec{-by_level, by_knee, 0.0, 0.0};
      const Track<1>& state = follower.step(over);
      mean.value += state.value / double{kStepsPerCell};
      if constexpr (derive == Derivatives::all) mean.by[0] += state.by[0] / double{kStepsPerCell};
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
  follow_cells<Derivatives::none>(series, x, [&](std::size_t cell, const Track<1>& over) {
    powers[cell] = static_cast<double>(series.power[cell]) * db_to_power(-x[kDynamicsSlope] * over.value[0]);
  });
  return powers;
}

template <>
std::vector<DynamicsJet> compressed_powers(const LevelSeries& series, const DynamicsVector& x) {
  std::vector<DynamicsJet> powers(series.cells());
  follow_cells<Derivatives::all>(series, x, [&](std::size_t cell, const Track<1>& over) {
    DynamicsJet over_db(over.value[0]);
    over_db.v << over.by[0][kThresholdDb], 0.0, over.by[0][kKneeDb], over.by[0][kLnAttack],
        over.by[0][kLnRelease];
    const DynamicsJet slope(x[kDynamicsSlope], static_cast<int>(kDynamicsSlope));
    powers[cell] = static_cast<double>(series.power[cell]) * db_to_power(DynamicsJet(-slope * over_db));
  });
  return powers;
}

}  // namespace aapp::fit
