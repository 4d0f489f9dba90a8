#include "analyze/fit/paired_eq.h"

#include <gtest/gtest.h>

#include "analyze/fit/chain_model.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 32000;

effects::EqParams three_bands() {
  return {.bands = {{.type = dsp::BandType::low_shelf, .frequency_hz = 200.0, .gain_db = 4.0, .q = 0.7},
                    {.type = dsp::BandType::peak, .frequency_hz = 900.0, .gain_db = -6.0, .q = 2.0},
                    {.type = dsp::BandType::peak, .frequency_hz = 3000.0, .gain_db = 3.0, .q = 1.0}}};
}

// What these bands do to some seconds of bursts, rounded to 16 bits.
Transfer transfer_of(const effects::EqParams& eq, std::uint64_t seed) {
  const audio::AudioBuffer dry = test::bursts(1, 6.0, kRate, seed);
  audio::AudioBuffer wet = equalise(dry, eq, kRate, Direction::apply);
  test::quantise_16_bit(wet);
  return measure_transfer(dry, wet, kRate);
}

Transfer three_bands_of_a_recording() {
  return transfer_of(three_bands(), 5);
}

void expect_three_bands(const Result<PairedEq>& found) {
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->eq.bands.size(), three_bands().bands.size());
  for (std::size_t b = 0; b < found->eq.bands.size(); ++b) {
    const effects::EqBand &is = found->eq.bands[b], truth = three_bands().bands[b];
    EXPECT_NEAR(is.frequency_hz / truth.frequency_hz, 1.0, 0.01);
    EXPECT_NEAR(is.gain_db, truth.gain_db, 0.05);
  }
}

TEST(PairedEq, FindsBandsFromScratch) {
  expect_three_bands(fit_paired_eq(three_bands_of_a_recording(), BandSearch::thorough, {}));
}

Transfer passes_of_a_recording() {
  const effects::EqParams eq{
      .bands = {{.type = dsp::BandType::high_pass, .frequency_hz = 120.0, .q = 0.8},
                {.type = dsp::BandType::peak, .frequency_hz = 900.0, .gain_db = -6.0, .q = 2.0},
                {.type = dsp::BandType::low_pass, .frequency_hz = 5000.0, .q = 0.7}}};
  return transfer_of(eq, 5);
}

void expect_passes(const Result<PairedEq>& found) {
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->eq.bands.size(), 3U);
  EXPECT_EQ(found->eq.bands[0].type, dsp::BandType::high_pass);
  EXPECT_NEAR(found->eq.bands[0].frequency_hz, 120.0, 1.0);
  EXPECT_NEAR(found->eq.bands[0].q, 0.8, 0.02);
  EXPECT_EQ(found->eq.bands[0].gain_db, 0.0);
  EXPECT_EQ(found->eq.bands[2].type, dsp::BandType::low_pass);
  EXPECT_NEAR(found->eq.bands[2].frequency_hz, 5000.0, 10.0);
  EXPECT_NEAR(found->gain_db, 0.0, 0.02);
}

TEST(PairedEq, FindsPassesFromScratch) {
  expect_passes(fit_paired_eq(passes_of_a_recording(), BandSearch::thorough, {}));
}

// Shelves stand in for them nearly as well where little sounds.
TEST(PairedEq, FindsPassesFromShelves) {
  const effects::EqParams shelves{
      .bands = {{.type = dsp::BandType::low_shelf, .frequency_hz = 60.0, .gain_db = -24.0, .q = 0.9},
                {.type = dsp::BandType::peak, .frequency_hz = 900.0, .gain_db = -6.0, .q = 2.0},
                {.type = dsp::BandType::high_shelf, .frequency_hz = 8000.0, .gain_db = -20.0, .q = 0.8}}};
  expect_passes(improve_paired_eq(passes_of_a_recording(), shelves, {}));
}

TEST(PairedEq, FindsASteepPassAsTwo) {
  const effects::EqParams eq{
      .bands = {{.type = dsp::BandType::high_pass, .frequency_hz = 150.0, .q = 0.541},
                {.type = dsp::BandType::high_pass, .frequency_hz = 150.0, .q = 1.307}}};
  const Result<PairedEq> found = fit_paired_eq(transfer_of(eq, 6), BandSearch::thorough, {});
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->eq.bands.size(), 2U);
  for (const effects::EqBand& band : found->eq.bands) {
    EXPECT_EQ(band.type, dsp::BandType::high_pass);
    EXPECT_NEAR(band.frequency_hz, 150.0, 1.5);
  }
}

TEST(PairedEq, MovesKnownBands) {
  effects::EqParams near = three_bands();
  near.bands[0].gain_db = 3.5, near.bands[1].frequency_hz = 950.0, near.bands[2].q = 1.2;
  expect_three_bands(improve_paired_eq(three_bands_of_a_recording(), near, {}));
}

TEST(PairedEq, MeasuresKnownBandsWhereTheyAre) {
  const Transfer transfer = three_bands_of_a_recording();
  effects::EqParams near = three_bands();
  near.bands[1].frequency_hz = 950.0;
  const PairedEq off = measure_paired_eq(transfer, near, 0.0, {});
  EXPECT_NEAR(off.eq.bands[1].frequency_hz, 950.0, 1e-9);
  EXPECT_GT(off.cost, 100.0);
  const PairedEq right = measure_paired_eq(transfer, three_bands(), 0.0, {});
  EXPECT_LT(right.cost, 1.5);
  EXPECT_EQ(right.normal_matrix.size(), 11U * 11U);
}

TEST(PairedEq, CountsUpFromTooFewBands) {
  effects::EqParams one;
  one.bands.push_back(three_bands().bands[1]);
  expect_three_bands(improve_paired_eq(three_bands_of_a_recording(), one, {}));
}

TEST(PairedEq, CountsDownFromTooManyBandsInTheWrongPlaces) {
  effects::EqParams four;
  for (const double frequency_hz : {6000.0, 8000.0, 10000.0, 12000.0})
    four.bands.push_back(
        {.type = dsp::BandType::peak, .frequency_hz = frequency_hz, .gain_db = 5.0, .q = 4.0});
  expect_three_bands(improve_paired_eq(three_bands_of_a_recording(), four, {}));
}

TEST(PairedEq, KeepsTheNumberOfBandsThatIsAskedFor) {
  effects::EqParams two;
  two.bands.push_back(three_bands().bands[0]);
  two.bands.push_back(three_bands().bands[1]);
  PairedFitOptions options;
  options.bands = 2;
  const Result<PairedEq> found = improve_paired_eq(three_bands_of_a_recording(), two, options);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->eq.bands.size(), 2U);
}

// As one low and one high shelf they would leave the level free.
TEST(PairedEq, TakesTwoShelvesNearEachOtherForTheSameKind) {
  const effects::EqParams truth{
      .bands = {{.type = dsp::BandType::high_shelf, .frequency_hz = 2000.0, .gain_db = 3.0, .q = 0.6},
                {.type = dsp::BandType::high_shelf, .frequency_hz = 4000.0, .gain_db = -7.0, .q = 0.8}}};
  const Result<PairedEq> found = fit_paired_eq(transfer_of(truth, 6), BandSearch::thorough, {});
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->eq.bands.size(), 2U);
  for (std::size_t b = 0; b < 2; ++b) {
    EXPECT_EQ(found->eq.bands[b].type, dsp::BandType::high_shelf);
    EXPECT_NEAR(found->eq.bands[b].gain_db, truth.bands[b].gain_db, 0.05);
  }
  EXPECT_NEAR(found->gain_db, 0.0, 0.01);
}

}  // namespace
}  // namespace aapp::fit
