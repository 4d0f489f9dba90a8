#include "analyze/fit/alignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/clipped_samples.h"
#include "common/base/units.h"
#include "common/dsp/fft.h"
#include "common/effects/eq.h"
#include "tests/analyze/fit/compressor_cases.h"
#include "tests/analyze/fit/delayed.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

double error_db(const audio::AudioBuffer& a, const audio::AudioBuffer& b) {
  double error = 0.0, energy = 1e-30;
  for (int c = 0; c < a.channels(); ++c) {
    for (std::size_t n = 200; n + 200 < a.frames(); ++n) {
      error += std::pow(a.channel(c)[n] - b.channel(c)[n], 2);
      energy += std::pow(a.channel(c)[n], 2);
    }
  }
  return power_to_db(error / energy + 1e-30);
}

TEST(Alignment, FindsWholeAndFractionalDelaysAndUndoesThem) {
  const audio::AudioBuffer dry = test::soft_bursts(kRate, 4.0, 1);
  for (const double delay : {0.0, 1.0, -3.0, 0.5, 0.25, 137.3, -40.7}) {
    const Alignment found = find_alignment(dry, test::delayed(dry, delay), kRate);
    EXPECT_NEAR(static_cast<double>(found.delay_frames) + found.fraction_frames, delay, 2e-3);
    EXPECT_EQ(found.polarity, Polarity::same);
    EXPECT_EQ(found.drift_ppm, 0.0);
    EXPECT_LT(error_db(dry, align_wet(test::delayed(dry, delay), found, dry.frames())), -50.0) << delay;
  }
}

TEST(Alignment, FindsFlippedPolarityUnderAHalfFrameDelay) {
  const audio::AudioBuffer dry = test::soft_bursts(kRate, 4.0, 2);
  audio::AudioBuffer wet = test::delayed(dry, 20.5);
  for (int c = 0; c < wet.channels(); ++c) {
    for (float& sample : wet.channel(c)) sample = -0.5F * sample;
  }
  const Alignment found = find_alignment(dry, wet, kRate);
  EXPECT_EQ(found.polarity, Polarity::flipped);
  EXPECT_NEAR(static_cast<double>(found.delay_frames) + found.fraction_frames, 20.5, 2e-3);
}

effects::EqBand band(dsp::BandType type, double frequency_hz, double gain_db, double q) {
  return {.type = type, .frequency_hz = frequency_hz, .gain_db = gain_db, .q = q};
}

TEST(Alignment, DoesNotTakeAFiltersPhaseForADelay) {
  const audio::AudioBuffer dry = test::bursts(1, 4.0, kRate, 3);
  for (const double gain_db : {-9.0, 9.0}) {
    const effects::EqParams shelf{.bands = {band(dsp::BandType::high_shelf, 2000.0, gain_db, 0.7)}};
    const Alignment found = find_alignment(dry, equalise(dry, shelf, kRate, Direction::apply), kRate);
    EXPECT_EQ(found.delay_frames, 0);
    EXPECT_EQ(found.fraction_frames, 0.0);
  }
}

// Nine tenths of the energy are below a high-pass, and what it lets through of them is turned.
TEST(Alignment, KnowsAPairByWhatAFilterLeavesOfIt) {
  audio::AudioBuffer dry = test::bursts(1, 4.0, kRate, 7);
  for (std::size_t n = 0; n < dry.frames(); ++n)
    dry.channel(0)[n] +=
        0.6F * static_cast<float>(std::sin(2.0 * kPi * 50.0 * static_cast<double>(n) / kRate));
  const effects::EqParams pass{.bands = {band(dsp::BandType::high_pass, 300.0, 0.0, 0.7)}};
  audio::AudioBuffer wet = equalise(dry, pass, kRate, Direction::apply);
  for (float& sample : wet.channel(0)) sample = -sample;
  const Alignment found = find_alignment(dry, wet, kRate);
  EXPECT_GT(found.coherence, 0.9);
  EXPECT_EQ(found.polarity, Polarity::flipped);
  EXPECT_EQ(found.delay_frames, 0);
  EXPECT_LT(find_alignment(dry, test::bursts(1, 4.0, kRate, 8), kRate).coherence, 0.2);
}

// It moves the peak of the correlation of a low note by dozens of frames, and that of noise by none.
TEST(Alignment, DoesNotTakeAFiltersPhaseForDrift) {
  constexpr int kFullRate = 44100;
  audio::AudioBuffer dry = test::soft_bursts(kFullRate, 15.0, 6);
  const effects::EqBand note = band(dsp::BandType::peak, 220.0, 30.0, 2.0);
  const audio::AudioBuffer low = equalise(dry, {.bands = {note, note, note}}, kFullRate, Direction::apply);
  for (int c = 0; c < dry.channels(); ++c) {
    for (std::size_t n = 0; n < dry.frames() / 2; ++n) dry.channel(c)[n] = 1e-4F * low.channel(c)[n];
  }
  const effects::EqParams filter{.bands = {band(dsp::BandType::low_shelf, 208.0, -9.0, 0.9),
                                           band(dsp::BandType::peak, 336.0, 9.0, 0.9)}};
  const audio::AudioBuffer wet = equalise(dry, filter, kFullRate, Direction::apply);
  EXPECT_EQ(find_alignment(dry, wet, kFullRate).drift_ppm, 0.0);
}

// By linear interpolation, which is good enough here.
audio::AudioBuffer slower(const audio::AudioBuffer& dry, double ppm) {
  audio::AudioBuffer wet(dry.channels(), dry.frames());
  for (int c = 0; c < dry.channels(); ++c) {
    for (std::size_t n = 0; n + 1 < dry.frames(); ++n) {
      const double at = static_cast<double>(n) * (1.0 - 1e-6 * ppm);
      const auto whole = static_cast<std::size_t>(at);
      const double part = at - static_cast<double>(whole);
      wet.channel(c)[n] =
          static_cast<float>((1.0 - part) * dry.channel(c)[whole] + part * dry.channel(c)[whole + 1]);
    }
  }
  return wet;
}

// At the lower rate the places are too short for phases to tell, and their lags have to.
TEST(Alignment, MeasuresClocksThatRunApart) {
  const audio::AudioBuffer low = test::soft_bursts(kRate, 20.0, 4), full = test::soft_bursts(44100, 20.0, 4);
  EXPECT_NEAR(find_alignment(low, slower(low, 200.0), kRate).drift_ppm, 200.0, 20.0);
  EXPECT_NEAR(find_alignment(full, slower(full, 60.0), 44100).drift_ppm, 60.0, 3.0);
}

TEST(Alignment, CopesWithDifferentLengthsAndLeadingSilence) {
  const audio::AudioBuffer dry = test::bursts(1, 4.0, kRate, 5);
  audio::AudioBuffer wet(1, dry.frames() + 8000);  // half a second of silence first, and again after
  for (std::size_t n = 0; n < dry.frames(); ++n) wet.channel(0)[n + 4000] = dry.channel(0)[n];
  const Alignment found = find_alignment(dry, wet, kRate);
  EXPECT_EQ(found.delay_frames, 4000);
  EXPECT_EQ(align_wet(wet, found, dry.frames()), dry);
}

TEST(Alignment, MarksWhatLiesBesideClippedSamples) {
  const audio::AudioBuffer dry = test::soft_bursts(kRate, 4.0, 8);
  audio::AudioBuffer wet = test::delayed(dry, 0.5);
  for (int c = 0; c < wet.channels(); ++c) {
    for (float& x : wet.channel(c)) x = std::clamp(2.0F * x, -1.0F, 1.0F);
  }
  ASSERT_GT(count_clipped(wet), 100U);
  const audio::AudioBuffer aligned = align_wet(wet, {.fraction_frames = 0.5}, dry.frames());
  ASSERT_LT(count_clipped(aligned), aligned.frames() / 2);
  for (int c = 0; c < dry.channels(); ++c) {
    for (std::size_t n = 200; n + 200 < dry.frames(); ++n) {
      const auto around = std::as_const(wet).channel(c).subspan(n - 8, 18);
      if (is_clipped(wet.channel(c)[n]) || is_clipped(wet.channel(c)[n + 1])) {
        ASSERT_TRUE(is_clipped(aligned.channel(c)[n])) << n;
      } else if (std::ranges::none_of(around, is_clipped)) {
        ASSERT_NEAR(aligned.channel(c)[n], 2.0F * dry.channel(c)[n], 0.05F) << n;
      }
    }
  }
}

TEST(Alignment, SaysThatUnrelatedRecordingsDoNotCorrelate) {
  EXPECT_LT(find_alignment(test::bursts(1, 4.0, kRate, 6), test::bursts(1, 4.0, kRate, 7), kRate).coherence,
            0.3);
  EXPECT_EQ(find_alignment(audio::AudioBuffer(1, 9000), audio::AudioBuffer(1, 9000), kRate).coherence, 0.0);
}

}  // namespace
}  // namespace aapp::fit
