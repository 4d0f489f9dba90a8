#include "common/effects/limiter.h"

#include <gtest/gtest.h>

#include "common/dsp/fft.h"
#include "tests/support/run_effect.h"
#include "tests/support/signals.h"

namespace aapp::effects {
namespace {

using audio::AudioBuffer;
using test::output;
using test::prepared;

constexpr int kRateHz = 48000;

// The largest magnitude of the band-limited curve through a channel, on a grid 16 times finer: by
// zero-padding its whole spectrum. Shares nothing with the limiter's detector.
double true_peak(std::span<const float> samples) {
  constexpr std::size_t kFiner = 16;
  dsp::RealFft coarse(samples.size());
  std::ranges::copy(samples, coarse.signal().begin());
  coarse.forward();
  dsp::RealFft fine(samples.size() * kFiner);
  std::ranges::fill(fine.spectrum(), 0.0);
  std::ranges::copy(coarse.spectrum(), fine.spectrum().begin());
  if (samples.size() % 2 == 0)
    fine.spectrum()[samples.size() / 2] *= 0.5;  // Nyquist is shared with its mirror
  fine.inverse();
  // The transform takes the end to be followed by the beginning: that seam is not the limiter's.
  const auto inside = fine.signal().subspan(200 * kFiner, fine.size() - 400 * kFiner);
  double largest = 0.0;
  for (const double x : inside) largest = std::max(largest, std::abs(x) * static_cast<double>(kFiner));
  return largest;
}

// Music-like noise: band-limited by a moving mean, with bursts far over full scale.
AudioBuffer loud_programme(int channels, std::size_t frames) {
  AudioBuffer audio = test::bursts(channels, frames, 3000);
  for (int c = 0; c < channels; ++c) {
    float before = 0.0F;
    for (float& sample : audio.channel(c)) {
      const float now = sample;
      sample = 2.5F * (now + before);
      before = now;
    }
  }
  return audio;
}

// White up to 0.45 of the rate, nothing above: the end of what a recording holds and of what the detector
// resolves.
AudioBuffer white_noise(std::size_t frames) {
  AudioBuffer audio = test::noise(1, frames, 4.0F);
  dsp::RealFft fft(frames);
  std::ranges::copy(audio.channel(0), fft.signal().begin());
  fft.forward();
  std::ranges::fill(fft.spectrum().subspan(frames * 45 / 100), 0.0);
  fft.inverse();
  std::ranges::transform(fft.signal(), audio.channel(0).begin(),
                         [](double x) { return static_cast<float>(x); });
  return audio;
}

AudioBuffer clipped_square(std::size_t frames, double f_hz) {
  AudioBuffer audio = test::sine(1, frames, f_hz, kRateHz, 40.0);
  for (float& sample : audio.channel(0)) sample = std::clamp(sample, -1.0F, 1.0F);
  return audio;
}

void expect_below_ceiling(const char* what, const LimiterParams& params, const AudioBuffer& in) {
  auto limiter = prepared(params, kRateHz, in.channels());
  const AudioBuffer out = output(*limiter, in);
  EXPECT_LE(test::peak(out), static_cast<float>(db_to_gain(params.ceiling_dbtp)));
  for (int c = 0; c < out.channels(); ++c) {
    EXPECT_LT(gain_to_db(true_peak(out.channel(c))), params.ceiling_dbtp + 0.1)
        << what << ", look-ahead " << params.lookahead_ms << " ms, release " << params.release_ms << " ms";
  }
}

TEST(Limiter, true_peaks_stay_below_the_ceiling) {
  for (const double lookahead_ms : {0.5, 5.0, 20.0}) {
    for (const double ceiling_dbtp : {-1.0, -12.0}) {
      for (const double release_ms : {1.0, 100.0}) {
        const LimiterParams params{ceiling_dbtp, lookahead_ms, release_ms};
        expect_below_ceiling("programme", params, loud_programme(2, 24000));
        expect_below_ceiling("square", params, clipped_square(48000, 997.0));
        expect_below_ceiling("white noise", params, white_noise(24000));
        expect_below_ceiling("12 kHz", params, test::sine(1, 24000, 11999.0, kRateHz, 1.4));
        expect_below_ceiling("19 kHz", params, test::sine(1, 24000, 19000.0, kRateHz, 2.0));
        expect_below_ceiling("impulse", params, test::impulse(1, 4800, 2400, 8.0F));
      }
    }
  }
}

// 0 dBFS samples of a quarter-rate sine at 45 degrees have their true peak 3 dB higher (BS.1770-4, annex 2).
TEST(Limiter, sees_the_peak_between_the_samples) {
  AudioBuffer in(1, 24000);
  for (std::size_t i = 0; i < in.frames(); ++i) {
    in.channel(0)[i] = static_cast<float>(std::sin(0.5 * kPi * static_cast<double>(i) + 0.25 * kPi));
  }
  auto limiter = prepared(LimiterParams{.ceiling_dbtp = 0.0}, kRateHz, 1);
  const AudioBuffer out = output(*limiter, in);
  EXPECT_NEAR(limiter->gain_reduction_db(), 0.0, 0.01);  // the samples' own peak is 0.707
  for (float& sample : in.channel(0)) sample *= static_cast<float>(std::sqrt(2.0));
  EXPECT_NEAR(test::peak(in), 1.0F, 1e-6F);
  limiter->reset();
  output(*limiter, in);
  EXPECT_NEAR(limiter->gain_reduction_db(), gain_to_db(std::sqrt(0.5)), 0.05);
}

TEST(Limiter, below_the_ceiling_is_a_delay_bit_by_bit) {
  const AudioBuffer in = test::noise(2, 20000, 0.25F);
  auto limiter = prepared(LimiterParams{}, kRateHz, 2);
  const AudioBuffer out = output(*limiter, in);
  const auto latency = static_cast<std::size_t>(limiter->latency_frames());
  for (std::size_t i = latency; i < out.frames(); ++i)
    EXPECT_EQ(out.channel(1)[i], in.channel(1)[i - latency]);
}

TEST(Limiter, latency_is_the_look_ahead_and_the_detector) {
  for (const double lookahead_ms : {0.5, 2.0, 20.0}) {
    auto limiter = prepared(LimiterParams{.lookahead_ms = lookahead_ms}, kRateHz, 1);
    EXPECT_EQ(limiter->latency_frames(), ms_to_frames(lookahead_ms, kRateHz) + 20);
  }
}

TEST(Limiter, is_transparent_again_after_a_peak_has_released) {
  AudioBuffer in = test::noise(1, 96000, 0.25F);
  in.channel(0)[1000] = 10.0F;
  auto limiter = prepared(LimiterParams{.release_ms = 20.0}, kRateHz, 1);
  const AudioBuffer out = output(*limiter, in);
  const auto latency = static_cast<std::size_t>(limiter->latency_frames());
  for (std::size_t i = 48000; i < out.frames(); ++i) EXPECT_EQ(out.channel(0)[i], in.channel(0)[i - latency]);
}

TEST(Limiter, all_channels_share_one_gain) {
  AudioBuffer in = test::noise(2, 24000, 2.0F);
  for (std::size_t i = 0; i < in.frames(); ++i) in.channel(1)[i] = 0.01F;
  auto limiter = prepared(LimiterParams{}, kRateHz, 2);
  const AudioBuffer out = output(*limiter, in);
  EXPECT_LT(out.channel(1)[20000], 0.006F);
}

}  // namespace
}  // namespace aapp::effects
