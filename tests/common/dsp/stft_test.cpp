#include "common/dsp/stft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace aapp::dsp {
namespace {

TEST(Window, hann_halves_overlap_to_one) {
  for (const std::size_t size : {8, 100, 4096}) {
    const auto w = make_window(WindowShape::hann, size);
    for (std::size_t i = 0; i < size / 2; ++i) EXPECT_NEAR(w[i] + w[i + size / 2], 1.0, 1e-12);
    EXPECT_NEAR(window_sum(w), static_cast<double>(size) / 2.0, 1e-9);
    EXPECT_NEAR(window_power(w), static_cast<double>(size) * 3.0 / 8.0, 1e-9);  // mean of hann^2
  }
}

TEST(Window, blackman_harris_side_lobes_stay_below_92_db) {
  const std::size_t size = 64;
  const std::size_t padding = 32;  // looks between the bins
  const auto w = make_window(WindowShape::blackman_harris, size);
  RealFft fft(size * padding);
  std::fill(fft.signal().begin(), fft.signal().end(), 0.0);
  std::copy(w.begin(), w.end(), fft.signal().begin());
  fft.forward();
  const double top = std::abs(fft.spectrum()[0]);
  double worst = 0.0;
  for (std::size_t k = 4 * padding; k < fft.bins(); ++k)
    worst = std::max(worst, std::abs(fft.spectrum()[k]) / top);
  EXPECT_LT(gain_to_db(worst), -91.9);
  EXPECT_GT(gain_to_db(worst), -94.0);
}

std::vector<std::vector<std::complex<double>>> frames_of(Stft& stft, const std::vector<float>& x,
                                                         std::size_t piece) {
  std::vector<std::vector<std::complex<double>>> frames;
  const auto keep = [&frames](std::span<const std::complex<double>> s) {
    frames.emplace_back(s.begin(), s.end());
  };
  for (std::size_t at = 0; at < x.size(); at += piece) {
    stft.push(std::span<const float>(x).subspan(at, std::min(piece, x.size() - at)), keep);
  }
  stft.finish(keep);
  return frames;
}

TEST(Stft, frames_do_not_depend_on_how_the_stream_is_cut) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::vector<float> x(1000);
  for (float& v : x) v = uniform(random);
  Stft stft({.size = 96, .hop = 40});
  const auto whole = frames_of(stft, x, x.size());
  // Full frames end at 96 + 40 i <= 1000, i = 0..22; the 24th holds the rest and padding.
  ASSERT_EQ(whole.size(), 24U);
  for (const std::size_t piece : {1, 7, 96, 333}) EXPECT_EQ(frames_of(stft, x, piece), whole);
}

TEST(Stft, every_sample_is_covered_and_none_is_padded_twice) {
  for (const auto& [length, frames] :
       {std::pair<std::size_t, std::size_t>{0, 0}, {1, 1}, {8, 1}, {9, 2}, {12, 2}, {13, 3}}) {
    Stft stft({.size = 8, .hop = 4});
    EXPECT_EQ(frames_of(stft, std::vector<float>(length, 1.0F), 3).size(), frames) << length;
  }
}

TEST(Stft, the_bin_of_a_full_scale_sine_is_half_the_window_sum) {
  Stft stft({.size = 480, .hop = 480});
  std::vector<float> x(480);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(std::sin(2.0 * kPi * 10.0 * static_cast<double>(i) / 480.0));
  const auto frames = frames_of(stft, x, 480);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_NEAR(std::abs(frames[0][10]), window_sum(stft.window()) / 2.0, 1e-5);
}

}  // namespace
}  // namespace aapp::dsp
