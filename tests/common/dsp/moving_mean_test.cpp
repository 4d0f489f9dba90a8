#include "common/dsp/moving_mean.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "common/dsp/level_detector.h"

namespace aapp::dsp {
namespace {

TEST(MovingMean, EqualsTheMeanOfTheLastWindowComputedAnew) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> level(0.0, 1.0);
  for (const std::size_t window : {1u, 2u, 7u, 64u}) {
    MovingMean mean;
    mean.prepare(64);
    mean.set_window(window);
    std::vector<double> past(window, 0.0);
    for (int n = 0; n < 500; ++n) {
      past.push_back(level(random));
      double sum = 0.0;
      for (std::size_t k = past.size() - window; k < past.size(); ++k) sum += past[k];
      EXPECT_NEAR(mean.step(past.back()), sum / static_cast<double>(window), 1e-13);
    }
  }
}

TEST(MovingMean, ForgetsALoudPastToTheLastBit) {
  MovingMean mean;
  mean.prepare(100);
  mean.set_window(100);
  for (int n = 0; n < 12345; ++n) mean.step(0.1 * n);
  for (int n = 0; n < 200; ++n) mean.step(0.0);
  EXPECT_EQ(mean.step(0.0), 0.0);
}

TEST(LinkedDetection, MidDoesNotHearWhatIsOutOfPhase) {
  const std::vector<double> opposite{0.5, -0.5}, same{0.5, 0.5};
  EXPECT_EQ(detect_linked(Detector::peak, StereoLink::mid, opposite), 0.0);
  EXPECT_EQ(detect_linked(Detector::peak, StereoLink::mid, same), 0.5);
  EXPECT_EQ(detect_linked(Detector::rms_box, StereoLink::mid, same), 0.25);
  EXPECT_EQ(detect_linked(Detector::peak, StereoLink::mean, opposite), 0.5);
}

}  // namespace
}  // namespace aapp::dsp
