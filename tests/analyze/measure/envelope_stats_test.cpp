#include "analyze/measure/envelope_stats.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "analyze/measure/band_grid.h"
#include "analyze/measure/track_profile.h"
#include "common/base/units.h"
#include "tests/support/signals.h"

namespace aapp::measure {
namespace {

constexpr int kRate = 48000;

EnvelopeStats stats_of(const audio::AudioBuffer& samples) {
  return measure_audio(samples, kRate).envelope;
}

// A 1 kHz tone whose amplitude follows a curve over seconds.
audio::AudioBuffer shaped_tone(double seconds, const std::function<double(double)>& amplitude) {
  const auto frames = static_cast<std::size_t>(seconds * kRate);
  audio::AudioBuffer samples = test::sine(1, frames, 1000.0, kRate, 1.0);
  for (std::size_t i = 0; i < frames; ++i) {
    samples.channel(0)[i] *= static_cast<float>(amplitude(static_cast<double>(i) / kRate));
  }
  return samples;
}

// The steepness above which half of the counts lie.
double median_slope(const SlopeCounts& counts) {
  double total = 0.0;
  for (const double share : counts) total += share;
  double held = 0.0;
  std::size_t bin = 0;
  while (held + counts[bin] < 0.5 * total) held += counts[bin++];
  return slope_bin_db_per_s(bin);
}

TEST(EnvelopeStats, CrestFactorOfASineIs301Db) {
  const EnvelopeStats stats = stats_of(test::sine(2, kRate, 997.0, kRate, 0.5));
  EXPECT_NEAR(stats.crest_db(), power_to_db(2.0), 0.001);
  EXPECT_NEAR(stats.rms_db(), -9.031, 0.001);
  EXPECT_NEAR(stats.silence_share(), 0.0, 1e-12);
}

TEST(EnvelopeStats, LevelsOfASteadyToneAreAllItsRms) {
  const EnvelopeStats stats = stats_of(test::sine(1, 2 * kRate, 1000.0, kRate, 0.5));
  EXPECT_EQ(stats.levels_50ms_db.size(), 40U);
  for (const float level : stats.levels_50ms_db) EXPECT_NEAR(level, stats.rms_db(), 1e-4);
  EXPECT_EQ(stats.levels[0].total(), 200.0);
  EXPECT_EQ(stats.levels[2].total(), 5.0);
  EXPECT_NEAR(stats.slopes.steady, 1.0, 1e-12);
}

TEST(EnvelopeStats, SilenceShareAndNoiseFloorOfAToneWithPauses) {
  // A second of tone, then a second 60 dB lower, over and over.
  const EnvelopeStats stats =
      stats_of(shaped_tone(8.0, [](double t) { return std::fmod(t, 2.0) < 1.0 ? 0.5 : 0.0005; }));
  EXPECT_NEAR(stats.silence_share(), 0.5, 1e-12);
  EXPECT_NEAR(stats.noise_floor_db(), -69.03, kLevelBinDb);
}

TEST(EnvelopeStats, DcIsTheMeanOfTheWorstChannelWithItsSign) {
  audio::AudioBuffer samples = test::sine(2, kRate, 1000.0, kRate, 0.25);
  for (float& sample : samples.channel(0)) sample += 0.01F;
  for (float& sample : samples.channel(1)) sample -= 0.02F;
  EXPECT_NEAR(stats_of(samples).dc, -0.02, 1e-7);
}

TEST(EnvelopeStats, ExponentialDecayHasOneSlope) {
  // 0 to -45 dB in 0.75 s: -60 dB/s, three times.
  const EnvelopeStats stats =
      stats_of(shaped_tone(2.25, [](double t) { return db_to_gain(-60.0 * std::fmod(t, 0.75)); }));
  EXPECT_EQ(median_slope(stats.slopes.falling), slope_bin_db_per_s(5));  // 56.6 to 80 dB/s
  double falling = 0.0;
  for (const double share : stats.slopes.falling) falling += share;
  EXPECT_GT(falling, 0.97);
  EXPECT_GT(stats.slopes.falling[5], 0.95);
}

TEST(EnvelopeStats, ExponentialRiseIsCountedAsRising) {
  const EnvelopeStats stats =
      stats_of(shaped_tone(0.4, [](double t) { return db_to_gain(-40.0 + 100.0 * t); }));
  EXPECT_EQ(median_slope(stats.slopes.rising), slope_bin_db_per_s(6));  // 80 to 113 dB/s
}

TEST(EnvelopeStats, SlopesDoNotDependOnLevel) {
  const auto curve = [](double t) { return 0.5 * db_to_gain(-20.0 * std::abs(std::sin(9.0 * t))); };
  const SlopeHistograms loud = stats_of(shaped_tone(4.0, curve)).slopes;
  const SlopeHistograms soft = stats_of(shaped_tone(4.0, [&](double t) { return curve(t) / 8.0; })).slopes;
  for (std::size_t bin = 0; bin < kSlopeBinCount; ++bin) {
    EXPECT_NEAR(loud.rising[bin], soft.rising[bin], 0.01);
    EXPECT_NEAR(loud.falling[bin], soft.falling[bin], 0.01);
  }
}

TEST(EnvelopeStats, AmplitudeModulationShowsItsDepthInItsOctave) {
  for (const double hz : {1.0, 4.0, 8.0}) {
    const EnvelopeStats stats = stats_of(
        shaped_tone(30.0, [&](double t) { return 0.5 * (1.0 + 0.4 * std::sin(2.0 * kPi * hz * t)); }));
    for (const std::size_t band : {1U, 3U, 4U}) {
      const double expected = kModulationCentresHz[band] == hz ? 0.4 / std::sqrt(2.0) : 0.0;
      EXPECT_NEAR(stats.modulation[band].depth, expected, 0.01) << hz << " Hz in band " << band;
    }
  }
}

TEST(EnvelopeStats, ModulationSlowerThanTheRecordingIsOutOfRange) {
  const EnvelopeStats stats = stats_of(test::noise(1, kRate / 2));
  EXPECT_FALSE(stats.modulation[0].in_range);
  EXPECT_TRUE(stats.modulation[5].in_range);
}

TEST(EnvelopeStats, DigitalSilenceHasNoLevelsButNoNanEither) {
  const EnvelopeStats stats = stats_of(audio::AudioBuffer(2, kRate));
  EXPECT_EQ(stats.rms_db(), kSilenceDb);
  EXPECT_EQ(stats.peak_db(), kSilenceDb);
  EXPECT_EQ(stats.noise_floor_db(), kSilenceDb);
  EXPECT_EQ(stats.crest_db(), 0.0);
  EXPECT_EQ(stats.silence_share(), 1.0);
  EXPECT_EQ(stats.slopes, SlopeHistograms{});
}

}  // namespace
}  // namespace aapp::measure
