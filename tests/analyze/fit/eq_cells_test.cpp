// A point that is a sum of powers: against the sum written out, and its derivatives against differences.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analyze/fit/eq_model.h"
#include "common/base/units.h"
#include "common/dsp/biquad_response.h"

namespace aapp::fit {
namespace {

constexpr double kRateHz = 48000.0;

std::vector<effects::EqBand> some_bands() {
  return {{.type = dsp::BandType::low_shelf, .frequency_hz = 150.0, .gain_db = 5.0, .q = 0.7},
          {.type = dsp::BandType::peak, .frequency_hz = 1000.0, .gain_db = -9.0, .q = 4.0},
          {.type = dsp::BandType::peak, .frequency_hz = 5000.0, .gain_db = 7.0, .q = 1.2}};
}

std::vector<PowerCell> some_cells() {
  return {{0, 100.0, 0.9},  {0, 180.0, 0.1},   {1, 900.0, 0.25},
          {1, 1000.0, 0.5}, {1, 1100.0, 0.25}, {2, 6000.0, 1.0}};
}

TEST(EqCells, APointsGainIsThatOfTheSumOfItsPowers) {
  const EqModel model(some_cells(), kRateHz);
  ASSERT_EQ(model.size(), 3u);
  std::vector<double> gain_db(3);
  model.response_db(some_bands(), gain_db);
  std::vector<double> power(3, 0.0);
  for (const PowerCell& cell : some_cells()) {
    double h = 1.0;
    for (const effects::EqBand& band : some_bands()) {
      h *=
          dsp::power_response(dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, kRateHz),
                              dsp::response_phi(cell.frequency_hz, kRateHz));
    }
    power[cell.point] += cell.share * h;
  }
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(gain_db[k], power_to_db(power[k]), 1e-9);
}

TEST(EqCells, OneCellAPointEqualsThePlainCurve) {
  const std::vector<double> frequencies{60.0, 700.0, 9000.0};
  const EqModel plain(frequencies, kRateHz);
  const EqModel cells(std::vector<PowerCell>{{0, 60.0, 1.0}, {1, 700.0, 1.0}, {2, 9000.0, 1.0}}, kRateHz);
  std::vector<double> a(3), b(3);
  plain.response_db(some_bands(), a);
  cells.response_db(some_bands(), b);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(a[k], b[k], 1e-12);
}

TEST(EqCells, DerivativesAgreeWithDifferences) {
  const EqModel model(some_cells(), kRateHz);
  const auto bands = some_bands();
  const std::size_t columns = kParametersPerBand * bands.size();
  std::vector<double> at(3), jacobian(3 * columns), above(3), below(3);
  model.response_and_jacobian(bands, at, jacobian);
  constexpr double kStep = 1e-6;
  for (std::size_t c = 0; c < columns; ++c) {
    const auto moved = [&](double step) {
      auto b = bands;
      effects::EqBand& band = b[c / kParametersPerBand];
      if (c % kParametersPerBand == 0) band.frequency_hz *= std::exp(step);
      if (c % kParametersPerBand == 1) band.gain_db += step;
      if (c % kParametersPerBand == 2) band.q *= std::exp(step);
      return b;
    };
    model.response_db(moved(kStep), above);
    model.response_db(moved(-kStep), below);
    for (std::size_t k = 0; k < 3; ++k)
      EXPECT_NEAR(jacobian[c * 3 + k], (above[k] - below[k]) / (2.0 * kStep), 1e-5) << c << " " << k;
  }
}

}  // namespace
}  // namespace aapp::fit
