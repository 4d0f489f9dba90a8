#include "analyze/fit/eq_shelves.h"

#include <gtest/gtest.h>

#include <complex>

#include "common/base/units.h"
#include "common/dsp/biquad_design.h"

namespace aapp::fit {
namespace {

constexpr double kRate = 44100.0;

std::complex<double> response(const effects::EqBand& band, double frequency_hz) {
  const auto k = dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, kRate);
  const std::complex<double> z1 = std::polar(1.0, -2.0 * kPi * frequency_hz / kRate), z2 = z1 * z1;
  return (k.b0 + k.b1 * z1 + k.b2 * z2) / (1.0 + k.a1 * z1 + k.a2 * z2);
}

TEST(EqShelves, TurnedAreTheSameButForALevel) {
  for (const dsp::BandType type : {dsp::BandType::low_shelf, dsp::BandType::high_shelf}) {
    const effects::EqBand shelf{.type = type, .frequency_hz = 3000.0, .gain_db = -7.0, .q = 0.6};
    const effects::EqBand turned = turned_shelf(shelf);
    EXPECT_NE(turned.type, shelf.type);
    for (const double f : {20.0, 1500.0, 3000.0, 6000.0, 20000.0})
      EXPECT_LT(std::abs(response(shelf, f) - db_to_gain(shelf.gain_db) * response(turned, f)), 1e-12) << f;
  }
}

TEST(EqShelves, AreNamedForWhatTheyChange) {
  EXPECT_EQ(natural_shelf(200.0, 600.0), dsp::BandType::low_shelf);
  EXPECT_EQ(natural_shelf(5000.0, 600.0), dsp::BandType::high_shelf);
}

}  // namespace
}  // namespace aapp::fit
