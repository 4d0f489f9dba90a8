#include "analyze/measure/distance.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/measure/aligned_distance.h"
#include "analyze/measure/third_octave.h"
#include "common/base/units.h"
#include "tests/support/signals.h"

namespace aapp::measure {
namespace {

constexpr int kRate = 48000;

audio::AudioBuffer pulsed(std::size_t frames, double gain = 1.0, std::size_t delay = 0,
                          std::uint64_t seed = 1) {
  audio::AudioBuffer samples(2, frames);
  const audio::AudioBuffer noise = test::noise(2, frames, 0.5F, seed);
  for (int c = 0; c < 2; ++c) {
    for (std::size_t i = delay; i < frames; ++i) {
      const double envelope =
          0.55 + 0.45 * std::sin(2.0 * kPi * 3.0 * static_cast<double>(i - delay) / kRate);
      samples.channel(c)[i] =
          static_cast<float>(gain * envelope * static_cast<double>(noise.channel(c)[i - delay]));
    }
  }
  return samples;
}

// A spectrum with the given level in every third octave.
Spectrum spectrum_of(const std::vector<double>& third_octaves_db) {
  Spectrum spectrum;
  for (const double level_db : third_octaves_db) {
    spectrum.third_octaves.push_back({.power = db_to_power(level_db), .in_range = true, .has_energy = true});
  }
  return spectrum;
}

TEST(ProfileDistance, OfARecordingFromItselfIsZero) {
  const TrackProfile profile = measure_audio(pulsed(5 * kRate), kRate);
  const ProfileDistance d = profile_distance(profile, profile);
  for (const auto& value : {d.ltas_rms_db, d.ltas_max_db, d.ltas_shared_rms_db, d.loudness_lu, d.crest_db,
                            d.range_lu, d.level_distribution_db, d.modulation_db, d.slopes_oct}) {
    EXPECT_NEAR(value.value(), 0.0, 1e-12);
  }
}

TEST(ProfileDistance, OfALouderCopyIsItsLoudnessAlone) {
  const ProfileDistance d =
      profile_distance(measure_audio(pulsed(5 * kRate), kRate), measure_audio(pulsed(5 * kRate, 0.5), kRate));
  EXPECT_NEAR(d.loudness_lu.value(), gain_to_db(0.5), 1e-4);
  EXPECT_NEAR(d.ltas_rms_db.value(), 0.0, 1e-4);
  EXPECT_NEAR(d.level_distribution_db.value(), 0.0, 1e-4);
  EXPECT_NEAR(d.crest_db.value(), 0.0, 1e-4);
}

TEST(LtasDistance, TakesTheMeanOutAndSumsSquares) {
  std::vector<double> flat(kThirdOctaveCount, -30.0);
  std::vector<double> uneven = flat;
  for (std::size_t i = 0; i < kDistanceCount / 2; ++i)
    uneven[kDistanceFirst + 2 * i] = -26.0;  // half of them 4 dB up
  const auto d = ltas_distance(spectrum_of(flat), spectrum_of(uneven), LtasBands::reference_energy);
  ASSERT_TRUE(d);
  EXPECT_NEAR(d->level_db, 2.0, 1e-12);
  EXPECT_NEAR(d->rms_db, 2.0, 1e-12);
  EXPECT_NEAR(d->max_db, 2.0, 1e-12);
  EXPECT_EQ(d->bands, 26);
}

TEST(LtasDistance, LeavesOutWhatTheReferenceHardlyHas) {
  std::vector<double> reference(kThirdOctaveCount, -30.0);
  reference[10] = -106.0;
  std::vector<double> other(kThirdOctaveCount, -30.0);
  EXPECT_NEAR(ltas_distance(spectrum_of(reference), spectrum_of(other), LtasBands::reference_energy)->max_db,
              0.0, 1e-12);
  reference[10] = -104.0;
  EXPECT_GT(ltas_distance(spectrum_of(reference), spectrum_of(other), LtasBands::reference_energy)->max_db,
            70.0);
}

TEST(LtasDistance, SharedBandsNeedEnergyInBoth) {
  Spectrum reference = spectrum_of(std::vector<double>(kThirdOctaveCount, -30.0));
  Spectrum other = reference;
  other.third_octaves[12].power = 1e-20;
  other.third_octaves[12].has_energy = false;
  EXPECT_NEAR(ltas_distance(reference, other, LtasBands::shared_energy)->max_db, 0.0, 1e-12);
  EXPECT_GT(ltas_distance(reference, other, LtasBands::reference_energy)->max_db, 100.0);
}

TEST(ProfileDistance, WithSilenceIsAbsent) {
  const TrackProfile sound = measure_audio(pulsed(kRate), kRate);
  const TrackProfile silence = measure_audio(audio::AudioBuffer(2, kRate), kRate);
  EXPECT_EQ(profile_distance(sound, silence), ProfileDistance{});
  EXPECT_EQ(profile_distance(silence, sound), ProfileDistance{});
}

TEST(FindLag, FindsDelaysEitherWayUpToTheLimit) {
  const audio::AudioBuffer early = pulsed(kRate);
  const audio::AudioBuffer late = pulsed(kRate, 1.0, 777);
  EXPECT_EQ(find_lag(early.view(), late.view(), 4800), 777);
  EXPECT_EQ(find_lag(late.view(), early.view(), 4800), -777);
  EXPECT_LE(std::abs(find_lag(early.view(), late.view(), 500)), 500);
}

TEST(AlignedDistance, OfADelayedLouderCopyIsNothing) {
  const AlignedDistance d = aligned_distance(pulsed(2 * kRate), pulsed(2 * kRate, 0.5, 1234), kRate);
  EXPECT_EQ(d.lag_frames, 1234);
  EXPECT_NEAR(d.level_db, -gain_to_db(0.5), 0.001);
  EXPECT_LT(d.esr_db.value(), -120.0);
  EXPECT_NEAR(d.gain_trajectory_db.value(), 0.0, 1e-4);
  EXPECT_NEAR(d.short_term_db.value(), 0.0, 1e-3);
  EXPECT_NEAR(d.log_stft_db.value(), 0.0, 1e-3);
  EXPECT_NEAR(d.correlation.value(), 1.0, 1e-6);
}

TEST(AlignedDistance, ErrorToSignalOfAddedNoiseIsItsRatio) {
  const audio::AudioBuffer clean = pulsed(2 * kRate);
  audio::AudioBuffer noisy = clean;
  const audio::AudioBuffer noise = test::noise(2, clean.frames(), 0.5F, 99);
  double signal = 0.0;
  double error = 0.0;
  for (int c = 0; c < 2; ++c) {
    for (std::size_t i = 0; i < clean.frames(); ++i) {
      const float n = 0.01F * noise.channel(c)[i];
      noisy.channel(c)[i] += n;
      signal += std::pow(static_cast<double>(clean.channel(c)[i]), 2.0);
      error += std::pow(static_cast<double>(n), 2.0);
    }
  }
  EXPECT_NEAR(aligned_distance(clean, noisy, kRate).esr_db.value(), power_to_db(error / signal), 0.01);
}

TEST(AlignedDistance, GainTrajectoryOfAStepIsHalfOfIt) {
  // Half of the time 6 dB lower: the gain is +-3 dB around its mean.
  const audio::AudioBuffer dry = test::sine(1, 4 * kRate, 1000.0, kRate);
  audio::AudioBuffer wet = dry;
  for (float& sample : wet.channel(0).subspan(2 * kRate)) sample *= 0.5F;
  EXPECT_NEAR(aligned_distance(dry, wet, kRate).gain_trajectory_db.value(), -0.5 * gain_to_db(0.5), 1e-3);
}

TEST(AlignedDistance, ChannelsMayDifferInNumber) {
  audio::AudioBuffer mono(1, kRate);
  std::ranges::copy(pulsed(kRate).channel(0), mono.channel(0).begin());
  audio::AudioBuffer stereo(2, kRate);
  for (int c = 0; c < 2; ++c) std::ranges::copy(mono.channel(0), stereo.channel(c).begin());
  EXPECT_LT(aligned_distance(stereo, mono, kRate).esr_db.value(), -120.0);
  EXPECT_LT(aligned_distance(mono, stereo, kRate).esr_db.value(), -120.0);
}

TEST(AlignedDistance, OfNothingAndSilenceIsAbsent) {
  const audio::AudioBuffer empty(2, 0);
  const audio::AudioBuffer silent(2, 1000);
  EXPECT_EQ(aligned_distance(empty, silent, kRate), AlignedDistance{});
  EXPECT_FALSE(aligned_distance(silent, test::noise(2, 1000), kRate).esr_db);
}

}  // namespace
}  // namespace aapp::measure
