#include "analyze/fit/deep_cuts.h"

#include <gtest/gtest.h>

namespace aapp::fit {
namespace {

using dsp::BandType;

constexpr double kMiddleHz = 600.0, kRateHz = 48000.0;

effects::EqBand band(BandType type, double frequency_hz, double gain_db, double q) {
  return {.type = type, .frequency_hz = frequency_hz, .gain_db = gain_db, .q = q};
}

TEST(DeepCuts, BecomePassesWhereTheyLetGo) {
  const effects::EqParams eq{.bands = {band(BandType::low_shelf, 30.0, -36.0, 0.7),
                                       band(BandType::peak, 1000.0, -6.0, 1.0),
                                       band(BandType::peak, 9500.0, -36.0, 0.2)}};
  const std::vector<effects::EqParams> found = with_a_pass(eq, kMiddleHz, kRateHz);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].bands[0].type, BandType::high_pass);
  EXPECT_NEAR(found[0].bands[0].frequency_hz, 85.0, 10.0);
  EXPECT_EQ(found[0].bands[0].gain_db, 0.0);
  EXPECT_EQ(found[0].bands[1], eq.bands[1]);
  EXPECT_EQ(found[0].bands[2], eq.bands[2]);
  EXPECT_EQ(found[1].bands[2].type, BandType::low_pass);
  EXPECT_LT(found[1].bands[2].frequency_hz, 4000.0);
}

TEST(DeepCuts, AreNoThirdPass) {
  const effects::EqParams eq{.bands = {band(BandType::high_pass, 100.0, 0.0, 1.3),
                                       band(BandType::high_pass, 100.0, 0.0, 0.5),
                                       band(BandType::low_shelf, 30.0, -36.0, 0.5)}};
  EXPECT_TRUE(with_a_pass(eq, kMiddleHz, kRateHz).empty());
}

// high-pass(f / 4) after a shelf of -24 dB at f / 2 is high-pass(f), if their Q is the same.
TEST(DeepCuts, TakeThePlaceOfAPassBeyond) {
  const effects::EqParams eq{.bands = {band(BandType::high_pass, 37.7, 0.0, 0.54),
                                       band(BandType::low_shelf, 75.0, -24.0, 0.54),
                                       band(BandType::high_pass, 150.0, 0.0, 1.31)}};
  const std::vector<effects::EqParams> found = with_a_pass(eq, kMiddleHz, kRateHz);
  ASSERT_EQ(found.size(), 1U);
  ASSERT_EQ(found[0].bands.size(), 2U);
  EXPECT_EQ(found[0].bands[0].type, BandType::high_pass);
  EXPECT_NEAR(found[0].bands[0].frequency_hz, 180.0, 50.0);
  EXPECT_EQ(found[0].bands[1], eq.bands[2]);
}

}  // namespace
}  // namespace aapp::fit
