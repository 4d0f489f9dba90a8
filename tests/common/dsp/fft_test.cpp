#include "common/dsp/fft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>
#include <vector>

#include "common/base/units.h"

namespace aapp::dsp {
namespace {

std::vector<double> noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  std::vector<double> x(size);
  for (double& v : x) v = uniform(random);
  return x;
}

// The definition, O(n^2).
std::complex<double> dft_bin(std::span<const double> x, std::size_t k) {
  std::complex<double> sum = 0.0;
  for (std::size_t n = 0; n < x.size(); ++n) {
    const double angle = -2.0 * kPi * static_cast<double>((k * n) % x.size()) / static_cast<double>(x.size());
    sum += x[n] * std::polar(1.0, angle);
  }
  return sum;
}

TEST(RealFft, equals_the_definition_at_even_odd_and_prime_sizes) {
  for (const std::size_t size : {1U, 2U, 3U, 8U, 15U, 97U, 256U, 1000U}) {
    RealFft fft(size);
    const auto x = noise(size, 1);
    std::copy(x.begin(), x.end(), fft.signal().begin());
    fft.forward();
    ASSERT_EQ(fft.spectrum().size(), size / 2 + 1);
    for (std::size_t k = 0; k < fft.bins(); ++k) {
      EXPECT_LT(std::abs(fft.spectrum()[k] - dft_bin(x, k)), 1e-10) << "size " << size << " bin " << k;
    }
  }
}

TEST(RealFft, planned_one_way_gives_the_same_bits) {
  RealFft both(4096), forward(4096, RealFft::Ways::forward);
  for (RealFft* fft : {&both, &forward}) {
    const auto x = noise(fft->size(), 3);
    std::copy(x.begin(), x.end(), fft->signal().begin());
    fft->forward();
  }
  for (std::size_t k = 0; k < both.bins(); ++k) ASSERT_EQ(both.spectrum()[k], forward.spectrum()[k]);
}

TEST(RealFft, forward_leaves_the_signal_and_inverse_undoes_it) {
  for (const std::size_t size : {2U, 7U, 64U, 4410U}) {
    RealFft fft(size);
    const auto x = noise(size, 2);
    std::copy(x.begin(), x.end(), fft.signal().begin());
    fft.forward();
    EXPECT_TRUE(std::equal(x.begin(), x.end(), fft.signal().begin()));
    std::fill(fft.signal().begin(), fft.signal().end(), 0.0);
    fft.inverse();
    for (std::size_t i = 0; i < size; ++i) EXPECT_NEAR(fft.signal()[i], x[i], 1e-14);
  }
}

TEST(RealFft, keeps_energy_as_parseval_says) {
  const std::size_t size = 1024;
  RealFft fft(size);
  const auto x = noise(size, 3);
  std::copy(x.begin(), x.end(), fft.signal().begin());
  fft.forward();
  double time = 0.0;
  for (const double v : x) time += v * v;
  double frequency = 0.0;
  for (std::size_t k = 0; k < fft.bins(); ++k) {
    const bool has_mirror = k > 0 && k < size / 2;
    frequency += (has_mirror ? 2.0 : 1.0) * std::norm(fft.spectrum()[k]);
  }
  EXPECT_NEAR(frequency / static_cast<double>(size), time, 1e-9 * time);
}

TEST(RealFft, a_moved_object_still_transforms) {
  RealFft first(16);
  RealFft second = std::move(first);
  std::fill(second.signal().begin(), second.signal().end(), 1.0);
  second.forward();
  EXPECT_NEAR(second.spectrum()[0].real(), 16.0, 1e-12);
  EXPECT_NEAR(std::abs(second.spectrum()[1]), 0.0, 1e-12);
}

TEST(RealFft, many_threads_may_make_use_and_drop_plans_and_get_the_same_bits) {
  const auto x = noise(480, 4);
  const auto transform = [&x] {
    RealFft fft(x.size());
    std::copy(x.begin(), x.end(), fft.signal().begin());
    fft.forward();
    return std::vector<std::complex<double>>(fft.spectrum().begin(), fft.spectrum().end());
  };
  const auto expected = transform();
  std::vector<int> equal(8, 0);
  std::vector<std::thread> threads;
  for (int& result : equal) {
    threads.emplace_back([&result, &transform, &expected] {
      for (int i = 0; i < 20; ++i) result += transform() == expected ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int result : equal) EXPECT_EQ(result, 20);
}

}  // namespace
}  // namespace aapp::dsp
