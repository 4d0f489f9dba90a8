#include "common/dsp/true_peak.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/base/units.h"

namespace aapp::dsp {
namespace {

// Chunks of changing size.
std::vector<double> peaks_of(const std::vector<float>& samples, Simd simd = best_simd()) {
  TruePeak meter(simd);
  std::vector<double> peaks(samples.size(), 0.0);
  for (std::size_t at = 0, size = 1; at < samples.size(); at += size, size = size % 64 + 1) {
    size = std::min(size, samples.size() - at);
    meter.process({&samples[at], size}, {&peaks[at], size});
  }
  return peaks;
}

double measured(double f_of_rate, double phase_degrees, double amplitude) {
  std::vector<float> sine(4800);
  for (std::size_t i = 0; i < sine.size(); ++i) {
    const double phase = 2.0 * kPi * f_of_rate * static_cast<double>(i) + phase_degrees * kPi / 180.0;
    sine[i] = static_cast<float>(amplitude * std::sin(phase));
  }
  const std::vector<double> peaks = peaks_of(sine);  // the sudden start has overshoots of its own
  return gain_to_db(*std::max_element(peaks.begin() + 200, peaks.end()));
}

// EBU Tech 3341, test signals 15 to 19: sines whose samples miss their peaks; tolerance there +0.2, -0.4 dB.
TEST(TruePeak, reads_the_ebu_test_sines) {
  EXPECT_NEAR(measured(1.0 / 4.0, 0.0, 0.5), -6.02, 0.01);
  EXPECT_NEAR(measured(1.0 / 4.0, 45.0, 0.5), -6.02, 0.01);
  EXPECT_NEAR(measured(1.0 / 6.0, 60.0, 0.5), -6.02, 0.01);
  EXPECT_NEAR(measured(1.0 / 8.0, 67.5, 0.5), -6.02, 0.01);
  EXPECT_NEAR(measured(1.0 / 4.0, 45.0, 1.41), 2.98, 0.01);
}

TEST(TruePeak, errs_by_no_more_than_its_header_says) {
  for (double f = 0.005; f < 0.4999; f += 0.005) {
    for (double phase = 0.0; phase < 180.0; phase += 15.0) {
      const double db = measured(f, phase, 1.0);
      EXPECT_GT(db, -0.012) << f << ' ' << phase;
      EXPECT_LT(db, f < 0.43 ? 0.07 : 0.35) << f << ' ' << phase;
    }
  }
}

std::vector<float> anything_wild() {
  std::vector<float> samples(2000);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<float>(std::sin(static_cast<double>(i * i)));
  return samples;
}

TEST(TruePeak, never_reads_less_than_the_samples) {
  const std::vector<float> samples = anything_wild();
  const std::vector<double> peaks = peaks_of(samples);
  for (std::size_t i = TruePeak::kDelayFrames; i < samples.size(); ++i) {
    ASSERT_GE(peaks[i], std::abs(samples[i - TruePeak::kDelayFrames]));
    ASSERT_GE(peaks[i], std::abs(samples[i - TruePeak::kDelayFrames + 1]));
  }
}

TEST(TruePeak, reads_the_same_however_the_stream_is_cut_and_on_every_instruction_set) {
  const std::vector<float> samples = anything_wild();
  const std::vector<double> peaks = peaks_of(samples);
  TruePeak meter;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    double peak = 0.0;
    meter.process({&samples[i], 1}, {&peak, 1});
    ASSERT_EQ(peak, peaks[i]) << i;
  }
  const std::vector<double> baseline = peaks_of(samples, Simd::baseline);
  for (std::size_t i = 0; i < samples.size(); ++i) ASSERT_NEAR(baseline[i], peaks[i], 1e-12) << i;
}

}  // namespace
}  // namespace aapp::dsp
