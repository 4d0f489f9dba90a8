#include "analyze/measure/loudness.h"

#include <ebur128.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/base/units.h"
#include "common/io/audio_file.h"
#include "tests/support/corpus.h"
#include "tests/support/signals.h"

namespace aapp::measure {
namespace {

constexpr int kRate = 48000;

struct Tone {
  double seconds;
  std::vector<double> peak_db;  // per channel
};

// 1 kHz tones one after the other, in phase on all channels: the synthetic signals of EBU Tech 3341 and 3342.
Loudness loudness_of(const std::vector<Tone>& tones, int rate_hz = kRate) {
  LoudnessMeter meter(static_cast<int>(tones.front().peak_db.size()), rate_hz, TruePeak::skip);
  for (const Tone& tone : tones) {
    const auto channels = static_cast<int>(tone.peak_db.size());
    audio::AudioBuffer samples =
        test::sine(channels, static_cast<std::size_t>(tone.seconds * rate_hz), 1000.0, rate_hz, 1.0);
    for (int c = 0; c < channels; ++c) {
      const auto gain = static_cast<float>(db_to_gain(tone.peak_db[static_cast<std::size_t>(c)]));
      for (float& sample : samples.channel(c)) sample *= gain;
    }
    meter.push(samples.view());
  }
  return meter.finish();
}

Tone stereo(double seconds, double peak_db) {
  return {seconds, {peak_db, peak_db}};
}

double true_peak_db(double frequency_of_rate, double phase_degrees, double amplitude) {
  audio::AudioBuffer samples(1, kRate / 10);
  for (std::size_t i = 0; i < samples.frames(); ++i) {
    const double phase = 2.0 * kPi * (frequency_of_rate * static_cast<double>(i) + phase_degrees / 360.0);
    // Faded in and out, as the published vectors are, so that the ends ring nowhere.
    const double fade = std::min(
        1.0, std::min(static_cast<double>(i), static_cast<double>(samples.frames() - 1 - i)) / 480.0);
    samples.channel(0)[i] = static_cast<float>(fade * amplitude * std::sin(phase));
  }
  TruePeakMeter meter(1, kRate);
  meter.push(samples.view());
  return gain_to_db(meter.finish());
}

TEST(KWeighting, CoefficientsAt48KhzAreThoseOfTheStandard) {
  const KWeightingFilters filters = design_k_weighting(48000.0);  // BS.1770-4, tables 1 and 2
  EXPECT_NEAR(filters.shelf.b0, 1.53512485958697, 1e-9);
  EXPECT_NEAR(filters.shelf.b1, -2.69169618940638, 1e-9);
  EXPECT_NEAR(filters.shelf.b2, 1.19839281085285, 1e-9);
  EXPECT_NEAR(filters.shelf.a1, -1.69065929318241, 1e-9);
  EXPECT_NEAR(filters.shelf.a2, 0.73248077421585, 1e-9);
  EXPECT_NEAR(filters.high_pass.a1, -1.99004745483398, 1e-9);
  EXPECT_NEAR(filters.high_pass.a2, 0.99007225036621, 1e-9);
}

TEST(Loudness, Ebu3341SteadyTones) {
  const Loudness loud = loudness_of({stereo(20.0, -23.0)});
  EXPECT_NEAR(loud.integrated_lufs.value(), -23.0, 0.1);
  EXPECT_NEAR(loud.momentary_max_lufs.value(), -23.0, 0.1);
  EXPECT_NEAR(loud.short_term_max_lufs.value(), -23.0, 0.1);
  EXPECT_NEAR(loudness_of({stereo(20.0, -33.0)}).integrated_lufs.value(), -33.0, 0.1);
}

TEST(Loudness, Ebu3341RelativeGate) {
  EXPECT_NEAR(
      loudness_of({stereo(10.0, -36.0), stereo(60.0, -23.0), stereo(10.0, -36.0)}).integrated_lufs.value(),
      -23.0, 0.1);
}

TEST(Loudness, Ebu3341AbsoluteGate) {
  const std::vector<Tone> tones{stereo(10.0, -72.0), stereo(10.0, -36.0), stereo(60.0, -23.0),
                                stereo(10.0, -36.0), stereo(10.0, -72.0)};
  EXPECT_NEAR(loudness_of(tones).integrated_lufs.value(), -23.0, 0.1);
}

TEST(Loudness, Ebu3341MeanOfPowers) {
  EXPECT_NEAR(
      loudness_of({stereo(20.0, -26.0), stereo(20.1, -20.0), stereo(20.0, -26.0)}).integrated_lufs.value(),
      -23.0, 0.1);
}

TEST(Loudness, Ebu3341FiveChannels) {
  EXPECT_NEAR(loudness_of({{20.0, {-28.0, -28.0, -24.0, -30.0, -30.0}}}).integrated_lufs.value(), -23.0, 0.1);
}

TEST(Loudness, Ebu3342Range) {
  EXPECT_NEAR(loudness_of({stereo(20.0, -20.0), stereo(20.0, -30.0)}).range_lu.value(), 10.0, 1.0);
  EXPECT_NEAR(loudness_of({stereo(20.0, -20.0), stereo(20.0, -15.0)}).range_lu.value(), 5.0, 1.0);
  EXPECT_NEAR(loudness_of({stereo(20.0, -40.0), stereo(20.0, -20.0)}).range_lu.value(), 20.0, 1.0);
  const std::vector<Tone> tones{stereo(20.0, -50.0), stereo(20.0, -35.0), stereo(20.0, -20.0),
                                stereo(20.0, -35.0), stereo(20.0, -50.0)};
  EXPECT_NEAR(loudness_of(tones).range_lu.value(), 15.0, 1.0);
}

TEST(Loudness, DoesNotDependOnTheRate) {
  for (const int rate : {8000, 11025, 44100, 96000, 192000}) {
    EXPECT_NEAR(loudness_of({stereo(5.0, -23.0)}, rate).integrated_lufs.value(), -23.0, 0.1) << rate;
  }
}

TEST(Loudness, LowFrequencyChannelDoesNotCount) {
  const Tone with_lfe{5.0, {-23.0, -23.0, -150.0, 0.0, -150.0, -150.0}};
  EXPECT_NEAR(loudness_of({with_lfe}).integrated_lufs.value(), -23.0, 0.1);
}

TEST(Loudness, IsAbsentWhereThereIsTooLittle) {
  const Loudness brief = loudness_of({stereo(0.39, -20.0)});
  EXPECT_FALSE(brief.integrated_lufs);
  EXPECT_FALSE(brief.range_lu);
  const Loudness short_one = loudness_of({stereo(2.9, -20.0)});
  EXPECT_TRUE(short_one.integrated_lufs);
  EXPECT_FALSE(short_one.range_lu);
  EXPECT_FALSE(loudness_of({stereo(5.0, -80.0)}).integrated_lufs);
}

TEST(Loudness, ShortTermSharesSumToOne) {
  const Loudness loud = loudness_of({stereo(20.0, -20.0), stereo(20.0, -30.5)});
  double sum = 0.0;
  for (const double share : loud.short_term) sum += share;
  EXPECT_NEAR(sum, 1.0, 1e-12);
  EXPECT_GT(loud.short_term[39], 0.4);  // -31 to -30 LUFS
}

TEST(TruePeak, Ebu3341TonesBetweenSamples) {
  // Tolerance of the vectors: +0.2, -0.4 dB.
  for (const auto& [frequency, phase] :
       {std::pair(0.25, 0.0), {0.25, 45.0}, {1.0 / 6.0, 60.0}, {0.125, 67.5}}) {
    EXPECT_NEAR(true_peak_db(frequency, phase, 0.5), -6.02 - 0.1, 0.3) << frequency << " " << phase;
  }
  EXPECT_NEAR(true_peak_db(0.25, 45.0, std::sqrt(2.0)), 3.01 - 0.1, 0.3);
}

TEST(TruePeak, IsAtLeastTheSamplePeakEvenAtTheLastFrame) {
  TruePeakMeter meter(1, kRate);
  meter.push(test::impulse(1, 100, 99, 0.7F).view());
  EXPECT_GE(meter.finish(), 0.7F);
}

// The reference implementation of the standard, fed with the same recording.
TEST(Loudness, AgreesWithLibebur128OnRecordings) {
  AAPP_REQUIRE_CORPUS();
  for (const std::string& file : test::corpus_files()) {
    const auto loaded = io::load_audio(file);
    ASSERT_TRUE(loaded);
    const audio::AudioBuffer& samples = loaded->samples;
    LoudnessMeter meter(samples.channels(), loaded->info.rate_hz, TruePeak::measure);
    meter.push(samples.view());
    const Loudness ours = meter.finish();

    std::vector<float> interleaved;
    for (std::size_t i = 0; i < samples.frames(); ++i) {
      for (int c = 0; c < samples.channels(); ++c) interleaved.push_back(samples.channel(c)[i]);
    }
    ebur128_state* twin = ebur128_init(static_cast<unsigned>(samples.channels()),
                                       static_cast<unsigned long>(loaded->info.rate_hz),
                                       EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
    ebur128_add_frames_float(twin, interleaved.data(), samples.frames());
    double integrated = 0.0;
    double peak = 0.0;
    ebur128_loudness_global(twin, &integrated);
    for (int c = 0; c < samples.channels(); ++c) {
      double channel_peak = 0.0;
      ebur128_true_peak(twin, static_cast<unsigned>(c), &channel_peak);
      peak = std::max(peak, channel_peak);
    }
    ebur128_destroy(&twin);
    EXPECT_NEAR(ours.integrated_lufs.value(), integrated, 0.005) << file;
    EXPECT_NEAR(gain_to_db(ours.true_peak.value()), gain_to_db(peak), 0.02) << file;
  }
}

}  // namespace
}  // namespace aapp::measure
