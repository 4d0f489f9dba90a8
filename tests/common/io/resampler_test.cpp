#include "common/io/resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/memory_stream.h"
#include "tests/support/signals.h"

namespace aapp::io {
namespace {

using audio::AudioBuffer;

AudioBuffer resample(const AudioBuffer& input, int from_hz, int to_hz, std::size_t grain = 4096,
                     std::size_t block = 1000) {
  auto resampler = Resampler::create(std::make_unique<test::MemorySource>(input, from_hz, grain), to_hz);
  EXPECT_TRUE(resampler);
  return *test::read_all(**resampler, block);
}

struct Rates {
  int from_hz, to_hz;
};
constexpr Rates kRates[] = {{44100, 48000}, {48000, 44100}, {16000, 48000},
                            {96000, 44100}, {48000, 48000}, {8000, 192000}};

TEST(Resampler, LengthIsTheInputsTimesTheRatioRounded) {
  for (const auto& [from_hz, to_hz] : kRates) {
    for (const std::size_t frames : {1U, 2U, 100U, 4410U, 30011U}) {
      const auto expected = std::llround(static_cast<double>(frames) * to_hz / from_hz);
      EXPECT_EQ(resample(test::noise(2, frames), from_hz, to_hz).frames(), std::max<long long>(1, expected))
          << frames << " frames, " << from_hz << " to " << to_hz;
    }
  }
}

TEST(Resampler, LengthOfAHundredHoursDoesNotOverflow) {
  EXPECT_EQ(resampled_frames(std::int64_t{100} * 3600 * 768000, 768000, 44100),
            std::int64_t{100} * 3600 * 44100);
  EXPECT_EQ(resampled_frames(0, 48000, 44100), 0);
}

// A sine stays the same sine in time: any lag or gain would show as a difference.
TEST(Resampler, AddsNeitherLagNorGain) {
  for (const auto& [from_hz, to_hz] : kRates) {
    const double frequency_hz = 0.2 * std::min(from_hz, to_hz);
    const AudioBuffer made = resample(test::sine(1, 20000, frequency_hz, from_hz), from_hz, to_hz);
    const AudioBuffer exact = test::sine(1, made.frames(), frequency_hz, to_hz);
    double worst = 0.0;
    for (std::size_t i = made.frames() / 4; i < made.frames() * 3 / 4; ++i) {
      worst = std::max(worst, std::abs(static_cast<double>(made.channel(0)[i]) - exact.channel(0)[i]));
    }
    EXPECT_LT(worst, 2e-6) << from_hz << " to " << to_hz;
  }
}

TEST(Resampler, RemovesWhatTheLowerRateCannotHold) {
  const AudioBuffer made = resample(test::sine(1, 40000, 23000.0, 96000.0), 96000, 44100);
  double peak = 0.0;
  for (const float sample : made.channel(0).subspan(2000, made.frames() - 4000)) {
    peak = std::max(peak, std::abs(static_cast<double>(sample)));
  }
  EXPECT_LT(peak, 0.5e-6) << "120 dB below the sine";
}

TEST(Resampler, AnImpulseStaysWhereItWas) {
  const AudioBuffer made = resample(test::impulse(2, 2000, 441), 44100, 48000);
  const auto samples = made.channel(1);
  EXPECT_EQ(std::max_element(samples.begin(), samples.end()) - samples.begin(), 480);
}

TEST(Resampler, OutputDoesNotDependOnHowTheStreamIsCut) {
  const AudioBuffer input = test::noise(3, 12345);
  const AudioBuffer whole = resample(input, 44100, 48000, 1U << 20U, 1U << 16U);
  EXPECT_EQ(resample(input, 44100, 48000, 1, 4096), whole);
  EXPECT_EQ(resample(input, 44100, 48000, 777, 61), whole);
}

TEST(Resampler, ReplacesNonFiniteInputAndCountsIt) {
  AudioBuffer input = test::noise(1, 5000);
  input.channel(0)[100] = std::numeric_limits<float>::infinity();
  auto resampler = Resampler::create(std::make_unique<test::MemorySource>(input, 44100), 48000);
  ASSERT_TRUE(resampler);
  const auto made = test::read_all(**resampler);
  ASSERT_TRUE(made);
  EXPECT_EQ((*resampler)->non_finite_samples(), 1);
  EXPECT_TRUE(std::ranges::all_of(made->channel(0), [](float x) { return std::isfinite(x); }));
}

TEST(Resampler, RefusesRatesOutsideItsLimits) {
  for (const int rate_hz : {0, 999, 768001, 256000}) {
    EXPECT_FALSE(Resampler::create(std::make_unique<test::MemorySource>(test::noise(1, 10), 1000), rate_hz));
  }
}

}  // namespace
}  // namespace aapp::io
