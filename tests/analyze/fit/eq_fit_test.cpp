#include "analyze/fit/eq_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "analyze/fit/eq_band_count.h"
#include "tests/support/planted_eq.h"

namespace aapp::fit {
namespace {

// A headphone-like curve that no few bands follow exactly.
EqTarget wavy_curve() {
  EqTarget target{.frequency_hz = log_grid({20.0, 10000.0}, 300), .gain_db = {}, .weight = {}};
  for (const double f_hz : target.frequency_hz) {
    const double x = std::log2(f_hz / 20.0);
    target.gain_db.push_back(4.0 * std::sin(1.3 * x) + 2.0 * std::sin(2.9 * x + 1.0) * x / 9.0 - 0.3 * x);
  }
  return target;
}

TEST(EqFit, RecoversPlantedEqualisers) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const effects::EqParams planted = test::planted_eq(seed);
    const auto fit = fit_eq(test::planted_curve(planted), {.bands = static_cast<int>(planted.bands.size())});
    ASSERT_TRUE(fit) << fit.error().message;
    EXPECT_LT(fit->error.rms_db, 0.01) << seed;
    EXPECT_TRUE(test::same_bands(planted, fit->eq)) << seed << ": " << fit->error.rms_db << " dB";
  }
}

TEST(EqFit, LevelIsWhatMustBeAddedToTheBands) {
  EqTarget target = test::planted_curve(test::planted_eq(7));
  for (double& gain : target.gain_db) gain -= 7.5;
  const auto fit = fit_eq(target, {.bands = static_cast<int>(test::planted_eq(7).bands.size())});
  ASSERT_TRUE(fit);
  std::vector<double> achieved(target.frequency_hz.size());
  EqModel(target.frequency_hz, 48000.0).response_db({fit->eq.bands.begin(), fit->eq.bands.size()}, achieved);
  for (std::size_t i = 0; i < achieved.size(); ++i)
    EXPECT_NEAR(achieved[i] + fit->offset_db, target.gain_db[i], 0.05);
}

TEST(EqFit, GivesTheSameBitsForAnyNumberOfThreads) {
  const auto one = fit_eq(wavy_curve(), {.bands = 5, .search_steps = 40, .threads = 1});
  const auto three = fit_eq(wavy_curve(), {.bands = 5, .search_steps = 40, .threads = 3});
  ASSERT_TRUE(one && three);
  EXPECT_EQ(one->eq, three->eq);
  EXPECT_EQ(one->offset_db, three->offset_db);
  EXPECT_EQ(one->uncertainty.parameters, three->uncertainty.parameters);
  EXPECT_EQ(one->iterations, three->iterations);
}

TEST(EqFit, IsNeverFartherOffThanTheBandsItKnows) {
  const auto searched = fit_eq(wavy_curve(), {.bands = 7, .search_steps = 100});
  ASSERT_TRUE(searched);
  EqFitOptions hasty{.bands = 7, .chains = 2, .search_steps = 0};
  const auto alone = fit_eq(wavy_curve(), hasty);
  hasty.known.assign(searched->eq.bands.begin(), searched->eq.bands.end());
  const auto told = fit_eq(wavy_curve(), hasty);
  ASSERT_TRUE(alone && told);
  EXPECT_LE(told->error.rms_db, searched->error.rms_db + 1e-6);
  EXPECT_GT(alone->error.rms_db, searched->error.rms_db);
}

// A needle of 8 Hz on a curve that is known to 25 Hz.
TEST(EqFit, SparesBandsNarrowerThanTheCurveIsKnown) {
  EqTarget target = wavy_curve();
  const effects::EqBand needle{.type = dsp::BandType::peak, .frequency_hz = 100.0, .gain_db = 6.0, .q = 12.0};
  std::vector<double> needle_db(target.gain_db.size());
  EqModel(target.frequency_hz, 48000.0).response_db({&needle, 1}, needle_db);
  for (std::size_t i = 0; i < needle_db.size(); ++i) target.gain_db[i] += needle_db[i];
  constexpr double kResolutionHz = 25.0;
  const auto narrowest = [&](double resolution_hz) {
    const auto fit =
        fit_eq(target, {.bands = 5, .q = {0.4, 16.0}, .resolution_hz = resolution_hz, .search_steps = 40});
    double times_finer = 0.0;
    for (const effects::EqBand& band : fit.value().eq.bands)
      times_finer = std::max(times_finer, band.q * kResolutionHz / band.frequency_hz);
    return times_finer;
  };
  EXPECT_GT(narrowest(0.0), 2.0);
  EXPECT_LT(narrowest(kResolutionHz), 1.5);
}

TEST(EqFit, KeepsEveryBandInsideItsLimits) {
  const EqFitOptions options{.bands = 6,
                             .frequency_hz = {100.0, 5000.0},
                             .gain_db = {-2.0, 3.0},
                             .q = {0.7, 1.5},
                             .search_steps = 20};
  const auto fit = fit_eq(wavy_curve(), options);
  ASSERT_TRUE(fit);
  for (const effects::EqBand& b : fit->eq.bands) {
    EXPECT_GE(b.frequency_hz, 100.0 * (1 - 1e-12));
    EXPECT_LE(b.frequency_hz, 5000.0 * (1 + 1e-12));
    EXPECT_TRUE(options.gain_db.contains(b.gain_db)) << b.gain_db;
    EXPECT_GE(b.q, 0.7 * (1 - 1e-12));
    EXPECT_LE(b.q, 1.5 * (1 + 1e-12));
  }
}

TEST(EqFit, UsesOnlyTheTypesAllowedAndEachShelfOnce) {
  EqFitOptions options{.bands = 5, .search_steps = 20};
  options.shapes.max_shelves = 1;
  const auto one_shelf = fit_eq(wavy_curve(), options);
  options.shapes.max_shelves = 0;
  const auto peaks = fit_eq(wavy_curve(), options);
  ASSERT_TRUE(one_shelf && peaks);
  int shelves = 0;
  for (const effects::EqBand& b : one_shelf->eq.bands) shelves += b.type != dsp::BandType::peak ? 1 : 0;
  EXPECT_LE(shelves, 1);
  for (const effects::EqBand& b : peaks->eq.bands) EXPECT_EQ(b.type, dsp::BandType::peak);
}

TEST(EqFit, MoreBandsFollowACurveMoreClosely) {
  double before = std::numeric_limits<double>::infinity();
  for (const int bands : {1, 3, 6}) {
    const auto fit = fit_eq(wavy_curve(), {.bands = bands, .search_steps = 30});
    ASSERT_TRUE(fit);
    EXPECT_LT(fit->error.rms_db, before);
    before = fit->error.rms_db;
  }
}

TEST(EqFit, AutoFindsThePlantedNumberOfBands) {
  const effects::EqParams planted{.bands = {{.frequency_hz = 100.0, .gain_db = 6.0, .q = 1.0},
                                            {.frequency_hz = 1000.0, .gain_db = -5.0, .q = 1.4},
                                            {.frequency_hz = 6000.0, .gain_db = 4.0, .q = 2.0}}};
  const auto fit = fit_eq(test::planted_curve(planted), {.max_bands = 6, .search_steps = 60});
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->eq.bands.size(), 3U) << fit->band_count_reason;
  EXPECT_TRUE(test::same_bands(planted, fit->eq));
}

TEST(EqFit, AFlatCurveNeedsNoBands) {
  EqTarget flat = wavy_curve();
  for (double& gain : flat.gain_db) gain = -3.0;
  const auto fit = fit_eq(flat, {});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->eq.bands.empty()) << fit->band_count_reason;
  EXPECT_NEAR(fit->offset_db, -3.0, 1e-9);
}

TEST(EqFit, ACurveKnownAtOneFrequencyOnlyGetsNoBands) {
  EqTarget target = wavy_curve();
  target.weight.assign(target.frequency_hz.size(), 0.0);
  target.weight[150] = 1.0;
  for (const int bands : {kAutoBands, 3}) {
    const auto fit = fit_eq(target, {.bands = bands});
    ASSERT_TRUE(fit) << fit.error().message;
    EXPECT_TRUE(fit->eq.bands.empty());
    EXPECT_NEAR(fit->offset_db, target.gain_db[150], 1e-9);
  }
}

TEST(EqFit, HonoursTheLargestErrorAllowed) {
  const auto fit = fit_eq(wavy_curve(), {.max_error_db = 1.0, .search_steps = 40});
  ASSERT_TRUE(fit);
  EXPECT_LE(fit->error.max_db, 1.0) << fit->band_count_reason;
}

TEST(EqFit, RefusesWhatCannotBeFitted) {
  const EqTarget good = wavy_curve();
  EXPECT_EQ(fit_eq({.frequency_hz = {100.0, 200.0}, .gain_db = {1.0, 2.0}, .weight = {}}, {}).error().code,
            ErrorCode::unreadable);
  EqTarget backwards = good;
  std::swap(backwards.frequency_hz[3], backwards.frequency_hz[4]);
  EXPECT_EQ(fit_eq(backwards, {}).error().code, ErrorCode::unreadable);
  EqTarget not_finite = good;
  not_finite.gain_db[5] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(fit_eq(not_finite, {}).error().code, ErrorCode::unreadable);
  EXPECT_EQ(fit_eq(good, {.bands = 33}).error().code, ErrorCode::usage);
  EXPECT_EQ(fit_eq(good, {.q = {2.0, 1.0}}).error().code, ErrorCode::usage);
  EXPECT_EQ(fit_eq(good, {.rate_hz = 16000.0}).error().code, ErrorCode::usage)
      << "the curve goes beyond half of the rate";
}

TEST(BandCount, StopsWhereMoreBandsDoNotPay) {
  EXPECT_EQ(choose_band_count({3.0, 1.0, 0.5, 0.49, 0.48}, {6, 3, 2, 2, 2}, 0.0).bands, 2);
  EXPECT_EQ(choose_band_count({3.0, 2.99, 0.5, 0.49}, {6, 6, 2, 2}, 0.0).bands, 2)
      << "two that only help together";
  EXPECT_EQ(choose_band_count({3.0, 2.0, 1.0}, {6, 5, 4}, 0.0).bands, 2) << "the most allowed";
}

TEST(BandCount, TakesTheFewestBandsWithinTheErrorAllowed) {
  EXPECT_EQ(choose_band_count({3.0, 1.0, 0.5, 0.2}, {6, 3, 0.9, 0.4}, 1.0).bands, 2);
  EXPECT_EQ(choose_band_count({3.0, 1.0, 0.5, 0.4}, {6, 3, 2, 2.5}, 1.0).bands, 2)
      << "none is within it: the nearest";
}

}  // namespace
}  // namespace aapp::fit
