// fit_eq on targets whose points are bands of a spectrum, and on targets that want a pass filter.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analyze/fit/eq_fit.h"
#include "analyze/fit/eq_target.h"

namespace aapp::fit {
namespace {

constexpr double kRateHz = 48000.0;

EqFitOptions quick(int bands) {
  EqFitOptions options;
  options.bands = bands;
  options.rate_hz = kRateHz;
  options.chains = 2;
  options.search_steps = 30;
  return options;
}

TEST(EqBandsOfPower, APlantedFilterIsFoundFromWhatItDoesToBandPowers) {
  // Power sits off the bands' centres, so that the centre response would be the wrong target.
  EqTarget target;
  for (std::size_t k = 0; k < 27; ++k) {
    const double centre_hz = 50.0 * std::exp2(static_cast<double>(k) / 3.0);
    target.frequency_hz.push_back(centre_hz);
    target.cells.push_back({k, centre_hz * 0.92, 0.7});
    target.cells.push_back({k, centre_hz * 1.1, 0.3});
  }
  const effects::EqBand planted{
      .type = dsp::BandType::peak, .frequency_hz = 1500.0, .gain_db = -9.0, .q = 2.0};
  target.gain_db.resize(27);
  EqModel(target.cells, kRateHz).response_db({&planted, 1}, target.gain_db);
  const auto fit = fit_eq(target, quick(1));
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_LT(fit->error.rms_db, 0.01);
  EXPECT_NEAR(fit->eq.bands[0].frequency_hz, 1500.0, 2.0);
  EXPECT_NEAR(fit->eq.bands[0].gain_db, -9.0, 0.05);
  EXPECT_NEAR(fit->eq.bands[0].q, 2.0, 0.02);
}

TEST(EqBandsOfPower, TheLevelOffsetHasTheTargetsSign) {
  EqTarget target{
      .frequency_hz = log_grid({20.0, 20000.0}, 100), .gain_db = std::vector<double>(100, 5.0), .weight = {}};
  const auto fit = fit_eq(target, quick(1));
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_NEAR(fit->offset_db, 5.0, 0.1);
}

TEST(EqBandsOfPower, ALowPassIsFoundWhereItIsAllowed) {
  EqTarget target{
      .frequency_hz = log_grid({20.0, 18000.0}, 120), .gain_db = std::vector<double>(120), .weight = {}};
  const effects::EqBand planted{
      .type = dsp::BandType::low_pass, .frequency_hz = 4000.0, .gain_db = 0.0, .q = 0.8};
  EqModel(target.frequency_hz, kRateHz).response_db({&planted, 1}, target.gain_db);
  EqFitOptions options = quick(1);
  options.shapes.low_pass = EqShapes::Use::if_useful;
  const auto fit = fit_eq(target, options);
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_EQ(fit->eq.bands[0].type, dsp::BandType::low_pass);
  EXPECT_NEAR(fit->eq.bands[0].frequency_hz, 4000.0, 5.0);
  EXPECT_LT(fit->error.rms_db, 0.02);
}

}  // namespace
}  // namespace aapp::fit
