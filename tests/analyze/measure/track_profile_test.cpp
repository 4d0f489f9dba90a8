#include "analyze/measure/track_profile.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/measure/profile_json.h"
#include "analyze/measure/third_octave.h"
#include "common/base/units.h"
#include "tests/support/memory_stream.h"
#include "tests/support/signals.h"

namespace aapp::measure {
namespace {

constexpr int kRate = 44100;

audio::AudioBuffer bursts(int channels, std::size_t frames, std::uint64_t seed = 1) {
  audio::AudioBuffer samples = test::noise(channels, frames, 0.5F, seed);
  for (int c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < frames; ++i) {
      samples.channel(c)[i] *= static_cast<float>(std::exp(-static_cast<double>(i % 22050) / 4000.0));
    }
  }
  return samples;
}

void scale(audio::AudioBuffer& samples, float gain) {
  for (int c = 0; c < samples.channels(); ++c) {
    for (float& sample : samples.channel(c)) sample *= gain;
  }
}

TEST(TrackProfile, IsBitIdenticalHoweverTheSoundIsCut) {
  const audio::AudioBuffer samples = bursts(2, 200001);
  const TrackProfile whole = measure_audio(samples, kRate, TruePeak::measure);
  for (const std::size_t grain : {1U, 7U, 441U, 4096U, 8191U, 100000U}) {
    TrackProfiler profiler(kRate, 2, TruePeak::measure);
    for (std::size_t first = 0; first < samples.frames(); first += grain) {
      profiler.visit(samples.view().slice(first, std::min(grain, samples.frames() - first)));
    }
    EXPECT_EQ(profiler.finish(), whole) << "blocks of " << grain;
  }
}

TEST(TrackProfile, OnePassGivesWhatEachMeasureGivesByItself) {
  const audio::AudioBuffer samples =
      bursts(2, 4096 * 20);  // whole blocks, so that sums form in the same order
  const TrackProfile profile = measure_audio(samples, kRate);
  LtasMeter ltas(2, kRate);
  EnvelopeMeter envelope(2, kRate);
  LoudnessMeter loudness(2, kRate, TruePeak::skip);
  for (std::size_t first = 0; first < samples.frames(); first += 4096) {
    const auto block = samples.view().slice(first, 4096);
    ltas.push(block);
    envelope.push(block);
    loudness.push(block);
  }
  EXPECT_EQ(profile.ltas, ltas.finish());
  EXPECT_EQ(profile.envelope, envelope.finish());
  EXPECT_EQ(profile.loudness, loudness.finish());
}

TEST(TrackProfile, CountsAndIgnoresSamplesThatAreNotFinite) {
  audio::AudioBuffer samples = bursts(1, kRate);
  samples.channel(0)[100] = 0.0F;
  samples.channel(0)[200] = 0.0F;
  TrackProfile clean = measure_audio(samples, kRate);
  samples.channel(0)[100] = std::numeric_limits<float>::quiet_NaN();
  samples.channel(0)[200] = -std::numeric_limits<float>::infinity();
  test::MemorySource source(samples, kRate, 1000);
  const Result<TrackProfile> profile = measure_source(source);
  ASSERT_TRUE(profile);
  clean.non_finite_samples = 2;
  EXPECT_EQ(*profile, clean);
}

TEST(TrackProfile, AGainMovesLevelsAndLeavesShapes) {
  audio::AudioBuffer samples = bursts(2, 10 * kRate);
  const TrackProfile loud = measure_audio(samples, kRate);
  scale(samples, 0.25F);
  const TrackProfile soft = measure_audio(samples, kRate);
  const double shift_db = gain_to_db(0.25);
  EXPECT_NEAR(soft.envelope.rms_db() - loud.envelope.rms_db(), shift_db, 1e-6);
  EXPECT_NEAR(*soft.loudness.integrated_lufs - *loud.loudness.integrated_lufs, shift_db, 1e-6);
  EXPECT_NEAR(*soft.loudness.range_lu, *loud.loudness.range_lu, 1e-6);
  EXPECT_NEAR(soft.envelope.crest_db(), loud.envelope.crest_db(), 1e-6);
  for (std::size_t i = 0; i < kModulationCount; ++i) {
    EXPECT_NEAR(soft.envelope.modulation[i].depth, loud.envelope.modulation[i].depth, 1e-6);
  }
}

TEST(TrackProfile, OfNothingAlmostNothingAndSilenceIsValid) {
  for (const std::size_t frames : {0U, 1U, 3U, 100U, 3000U}) {
    for (const float amplitude : {0.0F, 0.5F}) {
      const TrackProfile profile = measure_audio(test::noise(2, frames, amplitude), kRate);
      EXPECT_EQ(profile.frames, static_cast<std::int64_t>(frames));
      EXPECT_FALSE(profile.loudness.integrated_lufs);
      const std::string json = profiles_json(std::span(&profile, 1), {});
      EXPECT_EQ(json.find("nan"), std::string::npos);
      EXPECT_EQ(json.find("inf"), std::string::npos);
    }
  }
}

TEST(WeightedAverage, OfOneProfileIsThatProfile) {
  const TrackProfile profile = measure_audio(bursts(2, kRate), kRate);
  const double weight = 3.0;
  EXPECT_EQ(weighted_average(std::span(&profile, 1), std::span(&weight, 1)), profile);
}

TEST(WeightedAverage, OfARecordingAndItsLouderCopyLiesBetweenInLevelAndKeepsTheShape) {
  audio::AudioBuffer samples = bursts(2, 10 * kRate);
  std::vector<TrackProfile> profiles{measure_audio(samples, kRate)};
  scale(samples, 0.25F);
  profiles.push_back(measure_audio(samples, kRate));
  const std::vector<double> weights{1.0, 3.0};
  const TrackProfile average = weighted_average(profiles, weights);
  EXPECT_NEAR(average.envelope.rms_db(), profiles[0].envelope.rms_db() + 0.75 * gain_to_db(0.25), 1e-6);
  for (std::size_t i = 0; i < kThirdOctaveCount; ++i) {
    if (!profiles[0].ltas.mean.third_octaves[i].in_range) continue;
    EXPECT_NEAR(band_level_db(average.ltas.mean.third_octaves[i].power),
                band_level_db(profiles[0].ltas.mean.third_octaves[i].power) + 0.75 * gain_to_db(0.25), 1e-3);
  }
  EXPECT_NEAR(
      wasserstein_db(average.envelope.relative_levels_50ms(), profiles[0].envelope.relative_levels_50ms()),
      0.0, 2.0 * kLevelBinDb);
}

TEST(WeightedAverage, WeightsCountRelativeToEachOtherOnly) {
  const std::vector<TrackProfile> profiles{measure_audio(bursts(2, 5 * kRate), kRate),
                                           measure_audio(test::noise(1, 5 * kRate), kRate)};
  const TrackProfile once = weighted_average(profiles, std::vector{1.0, 2.0});
  const TrackProfile twice = weighted_average(profiles, std::vector{2.0, 4.0});
  EXPECT_EQ(once, twice);
}

TEST(WeightedAverage, AboveALowRatesNyquistTheOtherGoesOnAlone) {
  const std::vector<TrackProfile> profiles{measure_audio(test::noise(1, 320000), 16000),
                                           measure_audio(test::noise(1, 960000), 48000)};
  const TrackProfile average = weighted_average(profiles, std::vector{1.0, 1.0});
  EXPECT_EQ(average.rate_hz, 48000);
  // 16 kHz lies over the first one's spectrum; the second's density there is a third of its power per 8 kHz.
  const auto& band = average.ltas.mean.third_octaves[kDistanceFirst + kDistanceCount - 1];
  EXPECT_TRUE(band.has_energy);
  EXPECT_NEAR(band_level_db(band.power), band_level_db(profiles[1].ltas.mean.third_octaves[28].power), 0.1);
}

}  // namespace
}  // namespace aapp::measure
