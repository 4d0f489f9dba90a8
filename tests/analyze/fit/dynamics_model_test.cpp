#include "analyze/fit/dynamics_model.h"

#include <gtest/gtest.h>

#include "analyze/fit/compressor_steps.h"
#include "analyze/fit/random.h"
#include "common/dsp/ballistics.h"
#include "common/dsp/gain_curve.h"

namespace aapp::fit {
namespace {

LevelSeries noise_bursts(std::size_t cells) {
  LevelSeries series{.step_rate_hz = 8000.0, .level_db = {}, .power = {}};
  Random random(3);
  for (std::size_t c = 0; c < cells; ++c) {
    const double rms_db = c / 200 % 2 == 0 ? -12.0 : -40.0;
    series.power.push_back(static_cast<float>(db_to_power(rms_db)));
    for (std::size_t s = 0; s < kStepsPerCell; ++s)
      series.level_db.push_back(static_cast<float>(rms_db + 6.0 * random.bell()));
  }
  return series;
}

// The formulas that play, on numbers that carry derivatives.
std::vector<DynamicsJet> powers_by_formula(const LevelSeries& series, const DynamicsVector& x) {
  std::array<DynamicsJet, kDynamicsCoordinates> p;
  for (std::size_t k = 0; k < p.size(); ++k) p[k] = DynamicsJet(x[k], static_cast<int>(k));
  const dsp::GainCurve<DynamicsJet> curve{p[kDynamicsThresholdDb], p[kDynamicsSlope], p[kDynamicsKneeDb]};
  const dsp::BallisticsPoles<DynamicsJet> poles{
      time_constant_to_pole(DynamicsJet(exp(p[kDynamicsLnAttack])), series.step_rate_hz),
      time_constant_to_pole(DynamicsJet(exp(p[kDynamicsLnRelease])), series.step_rate_hz)};
  dsp::BallisticsState<DynamicsJet> state{DynamicsJet(0.0), DynamicsJet(0.0)};
  std::vector<DynamicsJet> powers;
  for (std::size_t cell = 0; cell < series.cells(); ++cell) {
    DynamicsJet reduction_db(0.0);
    for (std::size_t s = 0; s < kStepsPerCell; ++s) {
      const DynamicsJet level(static_cast<double>(series.level_db[cell * kStepsPerCell + s]));
      reduction_db += dsp::ballistics_step(dsp::Ballistics::branching, poles,
                                           DynamicsJet(-dsp::gain_curve_db(curve, level)), state);
    }
    powers.push_back(static_cast<double>(series.power[cell]) *
                     db_to_power(DynamicsJet(-reduction_db / double{kStepsPerCell})));
  }
  return powers;
}

TEST(DynamicsModel, PowersAndDerivativesAreThoseOfTheFormulas) {
  const LevelSeries series = noise_bursts(1000);
  for (const DynamicsVector& x : {DynamicsVector{-25.0, 0.75, 8.0, std::log(3.0), std::log(90.0)},
                                  DynamicsVector{-15.0, 0.2, kLeastKneeDb, std::log(40.0), std::log(30.0)}}) {
    const std::vector<DynamicsJet> expected = powers_by_formula(series, x);
    const auto plain = compressed_powers<double>(series, x);
    const auto moving = compressed_powers<DynamicsJet>(series, x);
    for (std::size_t c = 0; c < series.cells(); ++c) {
      ASSERT_NEAR(plain[c], expected[c].a, 1e-12 * expected[c].a) << "cell " << c;
      ASSERT_NEAR(moving[c].a, expected[c].a, 1e-12 * expected[c].a) << "cell " << c;
      for (int k = 0; k < DynamicsJet::DIMENSION; ++k)
        ASSERT_NEAR(moving[c].v[k], expected[c].v[k], 1e-9 * expected[c].a) << "cell " << c << " by " << k;
    }
  }
}

}  // namespace
}  // namespace aapp::fit
