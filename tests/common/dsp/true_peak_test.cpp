#include "common/dsp/true_peak.h"

#include <gtest/gtest.h>

namespace aapp::dsp {
namespace {

double measured(double f_of_rate, double phase_degrees, double amplitude) {
  TruePeak meter;
  double largest = 0.0;
  for (int i = 0; i < 4800; ++i) {
    const double peak =
        meter.next(amplitude * std::sin(2.0 * kPi * f_of_rate * i + phase_degrees * kPi / 180.0));
    if (i >= 200) largest = std::max(largest, peak);  // the sudden start has overshoots of its own
  }
  return gain_to_db(largest);
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

TEST(TruePeak, never_reads_less_than_the_samples) {
  TruePeak meter;
  std::array<double, TruePeak::kDelayFrames + 1> recent{};
  for (std::size_t i = 0; i < 2000; ++i) {
    const double x = std::sin(static_cast<double>(i * i));  // anything wild
    recent[i % recent.size()] = x;
    const double peak = meter.next(x);
    ASSERT_GE(peak, std::abs(recent[(i + 1) % recent.size()]));  // that of kDelayFrames ago
  }
}

}  // namespace
}  // namespace aapp::dsp
