#include "analyze/measure/ltas.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/measure/erb.h"
#include "analyze/measure/third_octave.h"
#include "analyze/measure/track_profile.h"
#include "common/base/units.h"
#include "tests/support/signals.h"

namespace aapp::measure {
namespace {

constexpr int kRate = 48000;

Ltas ltas_of(const audio::AudioBuffer& samples, int rate_hz = kRate) {
  return measure_audio(samples, rate_hz).ltas;
}

double third_db(const Spectrum& spectrum, std::size_t band) {
  return band_level_db(spectrum.third_octaves[band].power);
}

double total_power(const Spectrum& spectrum, double bin_hz) {
  double sum = 0.0;
  for (const double density : spectrum.density) sum += density * bin_hz;
  return sum;
}

std::size_t band_of(double frequency_hz) {
  const auto bands = third_octave_bands();
  std::size_t i = 0;
  while (bands[i].high_hz < frequency_hz) ++i;
  return i;
}

TEST(ThirdOctaves, CentresArePowersOfTwoAround1KhzAndEdgesMeet) {
  const auto bands = third_octave_bands();
  EXPECT_NEAR(bands[16].centre_hz, 1000.0, 1e-9);
  EXPECT_NEAR(bands[kDistanceFirst].centre_hz, 49.606, 1e-3);
  EXPECT_NEAR(bands[kDistanceFirst + kDistanceCount - 1].centre_hz, 16000.0, 1e-9);
  for (std::size_t i = 1; i < bands.size(); ++i) EXPECT_NEAR(bands[i].low_hz, bands[i - 1].high_hz, 1e-9);
}

TEST(Erb, PublishedBandwidthAt1KhzAndInverse) {
  // Glasberg and Moore: 24.7 (4.37 f / kHz + 1) = 132.6 Hz at 1 kHz; a step of one ERB number spans it.
  const double width_hz =
      erb_number_to_hz(erb_number(1000.0) + 0.5) - erb_number_to_hz(erb_number(1000.0) - 0.5);
  EXPECT_NEAR(width_hz, 132.6, 1.0);
  for (const double hz : {20.0, 440.0, 15000.0}) EXPECT_NEAR(erb_number_to_hz(erb_number(hz)), hz, 1e-9 * hz);
}

TEST(CumulativePower, PartsOfBinsAddUpAndBinZeroHasHalfTheWidth) {
  const std::vector<double> density{4.0, 1.0, 2.0, 3.0};
  const CumulativePower power(density, 10.0);
  EXPECT_DOUBLE_EQ(power.between(0.0, 5.0), 40.0);
  EXPECT_DOUBLE_EQ(power.between(0.0, 2.5), 20.0);
  EXPECT_DOUBLE_EQ(power.between(5.0, 15.0), 10.0);
  EXPECT_DOUBLE_EQ(power.between(10.0, 20.0), 5.0 + 10.0);
  EXPECT_DOUBLE_EQ(power.between(30.0, 1000.0), 15.0);
  EXPECT_DOUBLE_EQ(power.between(3.0, 17.0) + power.between(17.0, 33.0), power.between(3.0, 33.0));
}

TEST(Ltas, ASinePutsItsPowerIntoItsBand) {
  const Ltas ltas = ltas_of(test::sine(1, 2 * kRate, 1000.0, kRate, 0.5));
  EXPECT_NEAR(third_db(ltas.mean, band_of(1000.0)), power_to_db(0.125), 0.01);
  EXPECT_LT(third_db(ltas.mean, band_of(500.0)), power_to_db(0.125) - 75.0);
  EXPECT_FALSE(ltas.mean.third_octaves[band_of(500.0)].has_energy);
  EXPECT_TRUE(ltas.mean.third_octaves[band_of(1000.0)].has_energy);
}

TEST(Ltas, WhiteNoiseRisesByOneDbPerThirdOctave) {
  const Ltas ltas = ltas_of(test::noise(2, 60 * kRate));
  const std::size_t low = band_of(200.0);
  const std::size_t high = band_of(12500.0);
  const double slope =
      (third_db(ltas.mean, high) - third_db(ltas.mean, low)) / static_cast<double>(high - low);
  EXPECT_NEAR(slope, power_to_db(std::cbrt(2.0)), 0.02);
}

TEST(Ltas, TotalPowerIsThatOfTheSamples) {
  const Ltas ltas = ltas_of(test::noise(2, 20 * kRate, 0.5F));
  EXPECT_NEAR(total_power(ltas.mean, ltas.bin_hz), 0.25 / 3.0, 0.001);  // uniform noise: a^2 / 3
}

TEST(Ltas, MidAndSideOfChannelsThatAreAlikeAndOpposite) {
  audio::AudioBuffer stereo = test::noise(2, 5 * kRate);
  std::ranges::copy(stereo.channel(0), stereo.channel(1).begin());
  const Ltas alike = ltas_of(stereo);
  ASSERT_TRUE(alike.mid && alike.side);
  EXPECT_NEAR(total_power(*alike.mid, alike.bin_hz), total_power(alike.channels[0], alike.bin_hz), 1e-12);
  EXPECT_LT(total_power(*alike.side, alike.bin_hz), 1e-15);
  for (float& sample : stereo.channel(1)) sample = -sample;
  const Ltas opposite = ltas_of(stereo);
  EXPECT_LT(total_power(*opposite.mid, opposite.bin_hz), 1e-15);
  EXPECT_NEAR(total_power(*opposite.side, opposite.bin_hz),
              total_power(opposite.channels[1], opposite.bin_hz), 1e-12);
}

TEST(Ltas, MonoAndSurroundHaveNoMidAndSide) {
  EXPECT_FALSE(ltas_of(test::noise(1, kRate)).mid);
  const Ltas three = ltas_of(test::noise(3, kRate));
  EXPECT_FALSE(three.mid);
  EXPECT_EQ(three.channels.size(), 3U);
}

TEST(Ltas, AConstantOffsetIsNotPartOfTheSpectrum) {
  audio::AudioBuffer samples = test::sine(1, 2 * kRate, 1000.0, kRate, 0.1);
  const Ltas clean = ltas_of(samples);
  for (float& sample : samples.channel(0)) sample += 0.5F;
  EXPECT_NEAR(third_db(ltas_of(samples).mean, 0), third_db(clean.mean, 0), 3.0);
}

TEST(Ltas, ShortRecordingsUseTheLargestSegmentThatFits) {
  EXPECT_EQ(ltas_of(test::noise(1, 5000)).segment_frames, 4096U);
  EXPECT_EQ(ltas_of(test::noise(1, 8192)).segment_frames, 8192U);
  EXPECT_EQ(ltas_of(test::noise(1, 4)).segment_frames, 4U);
  EXPECT_TRUE(ltas_of(test::noise(1, 3)).empty());
}

TEST(Ltas, BinsStayUnder12HzAtEveryRate) {
  for (const double rate : {8000.0, 44100.0, 96000.0, 192000.0, 384000.0}) {
    EXPECT_LT(rate / static_cast<double>(ltas_segment_frames(rate)), 12.0);
  }
  EXPECT_EQ(ltas_segment_frames(44100.0), 8192U);
}

TEST(Ltas, BandsNearTheNyquistFrequencyAreOutOfRange) {
  const Ltas ltas = ltas_of(test::noise(1, 16000), 16000);
  const auto bands = third_octave_bands();
  for (std::size_t i = 0; i < bands.size(); ++i) {
    EXPECT_EQ(ltas.mean.third_octaves[i].in_range, bands[i].high_hz < 7600.0) << bands[i].centre_hz;
  }
}

TEST(SpectralShape, TiltOfWhiteNoiseIsThreeDbPerOctaveAndItsCentroidHalfOfNyquist) {
  const TrackProfile profile = measure_audio(test::noise(1, 60 * kRate), kRate);
  EXPECT_NEAR(profile.shape.tilt_db_per_oct.value(), power_to_db(2.0), 0.1);
  EXPECT_NEAR(profile.shape.centroid_hz.value(), 12000.0, 50.0);
}

TEST(SpectralShape, BandwidthEndsWithTheBandOfTheHighestTone) {
  const TrackProfile profile = measure_audio(test::sine(1, kRate, 1000.0, kRate), kRate);
  EXPECT_NEAR(profile.shape.bandwidth_hz.value(), 1122.5, 0.1);
}

// Of |1 - a z^-1| over the bands of distances: RMS distance from its mean.
double unevenness_db(double a) {
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = kDistanceFirst; i < kDistanceFirst + kDistanceCount; ++i) {
    const double phase = 2.0 * kPi * third_octave_bands()[i].centre_hz / kRate;
    const double db = power_to_db(1.0 - 2.0 * a * std::cos(phase) + a * a);
    sum += db / double{kDistanceCount};
    squares += db * db / double{kDistanceCount};
  }
  return std::sqrt(squares - sum * sum);
}

// A second half that is only louder has the same spectrum; one that is brighter has not.
TEST(Ltas, TellsHowFarItsHalvesAreApart) {
  const std::size_t half = 65 * 4096 / 2;  // 64 segments in all
  const audio::AudioBuffer even = test::noise(2, 2 * half, 0.25F, 1);
  audio::AudioBuffer louder = even, brighter = even;
  for (int c = 0; c < 2; ++c) {
    const std::span<float> samples = brighter.channel(c);
    for (std::size_t i = 2 * half - 1; i >= half; --i) samples[i] -= 0.5F * samples[i - 1];
    for (std::size_t i = half; i < 2 * half; ++i) louder.channel(c)[i] *= 2.0F;
  }
  ASSERT_TRUE(ltas_of(even).halves_apart_db);
  EXPECT_LT(*ltas_of(even).halves_apart_db, 1.0);
  EXPECT_LT(*ltas_of(louder).halves_apart_db, 1.0);
  EXPECT_NEAR(*ltas_of(brighter).halves_apart_db, unevenness_db(0.5), 0.5);
  EXPECT_FALSE(ltas_of(test::noise(1, kRate / 4)).halves_apart_db);
}

}  // namespace
}  // namespace aapp::measure
