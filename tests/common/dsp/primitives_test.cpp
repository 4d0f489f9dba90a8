#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <numeric>
#include <random>

#include "common/dsp/box_smoother.h"
#include "common/dsp/crossfade.h"
#include "common/dsp/delay_line.h"
#include "common/dsp/peak_hold.h"
#include "common/dsp/safety_clip.h"
#include "common/dsp/smoother.h"

namespace aapp::dsp {
namespace {

TEST(PeakHold, equals_the_maximum_of_the_window_at_every_length) {
  std::mt19937 random(1);
  for (const std::size_t window : {1, 2, 3, 7, 64, 1000}) {
    PeakHold hold;
    hold.prepare(window);
    std::deque<double> recent;
    for (int i = 0; i < 5000; ++i) {
      const double x = i % 1500 < 700 ? static_cast<double>(random() % 50) : static_cast<double>(-i);
      recent.push_back(x);
      if (recent.size() > window) recent.pop_front();
      ASSERT_EQ(hold.next(x), *std::ranges::max_element(recent)) << window << ' ' << i;
    }
  }
}

TEST(DelayLine, gives_back_what_came_in_so_many_frames_ago) {
  for (const std::size_t frames : {0, 1, 5, 64}) {
    DelayLine delay;
    delay.prepare(frames);
    std::vector<float> x(200);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i + 1);
    delay.process(x);
    for (std::size_t i = 0; i < x.size(); ++i)
      EXPECT_EQ(x[i], i < frames ? 0.0F : static_cast<float>(i + 1 - frames));
  }
}

TEST(Crossfade, rises_from_0_to_1_without_corners_and_the_weights_add_up) {
  Crossfade fade;
  fade.prepare(960);
  EXPECT_FALSE(fade.active());
  fade.start();
  double before = 0.0;
  for (std::size_t i = 0; i < 960; ++i) {
    EXPECT_EQ(fade.left(), 960 - i);
    const double weight = fade.next();
    EXPECT_GT(weight, before);
    EXPECT_LT(weight - before, 1.6 / 960.0);  // the steepest slope of half a cosine is pi/2
    before = weight;
  }
  EXPECT_LT(1.0 - before, 1e-5);
  EXPECT_FALSE(fade.active());
  EXPECT_EQ(blend(0.25F, 0.25F, 0.3), 0.25F);
}

TEST(Smoother, is_nearly_there_after_its_glide_and_exactly_soon_after) {
  Smoother glide;
  glide.set_glide_frames(1000);
  glide.snap(1.0);
  glide.set_target(3.0);
  double before = 1.0;
  for (int i = 1; i <= 1000; ++i) {
    const double value = glide.next();
    EXPECT_GT(value, before);
    before = value;
  }
  EXPECT_NEAR(before, 3.0 - 0.002, 5e-5);
  for (int i = 0; i < 1400; ++i) glide.next();
  EXPECT_EQ(glide.value(), 3.0);
  EXPECT_FALSE(glide.gliding());
}

// A corner in a gain of 1 would be a second difference of 1/1000 and more.
TEST(Smoother, has_no_corners_even_when_the_target_moves_on) {
  Smoother glide;
  glide.set_glide_frames(1000);
  glide.snap(0.0);
  double previous = 0.0, before = 0.0, sharpest = 0.0;
  for (int i = 0; i < 6000; ++i) {
    if (i == 100) glide.set_target(1.0);
    if (i == 350) glide.set_target(-1.0);
    if (i == 700) glide.set_target(0.5);
    const double value = glide.next();
    sharpest = std::max(sharpest, std::abs(value - 2.0 * before + previous));
    previous = before;
    before = value;
  }
  EXPECT_EQ(before, 0.5);
  EXPECT_LT(sharpest, 1e-4);
}

TEST(Smoother, without_a_glide_jumps) {
  Smoother glide;
  glide.set_target(2.0);
  EXPECT_EQ(glide.value(), 2.0);
  EXPECT_EQ(glide.next(), 2.0);
}

TEST(BoxSmoother, is_the_mean_of_its_window_and_never_drifts) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  BoxSmoother box;
  box.prepare(37);
  std::deque<double> recent(37, 1.0);
  for (int i = 0; i < 100000; ++i) {
    const double x = uniform(random);
    recent.push_back(x);
    recent.pop_front();
    const double mean = std::accumulate(recent.begin(), recent.end(), 0.0) / 37.0;
    const double y = box.next(x);
    ASSERT_LE(y, mean + 1e-15);
    ASSERT_NEAR(y, mean, 5e-10);
  }
  for (int i = 0; i < 37; ++i) box.next(1.0);
  EXPECT_EQ(box.next(1.0), 1.0);
}

TEST(SafetyClip, passes_everything_up_to_the_shoulder_bit_by_bit) {
  std::vector<float> x;
  for (float v = -kClipShoulder; v <= kClipShoulder; v += 1e-3F) x.push_back(v);
  x.push_back(kClipShoulder);
  std::vector<float> y = x;
  EXPECT_EQ(safety_clip(y), SafetyClipCounts{});
  EXPECT_EQ(x, y);
}

TEST(SafetyClip, bends_above_it_without_a_corner_and_never_passes_full_scale) {
  float before = kClipShoulder;
  for (float x = kClipShoulder + 1e-4F; x < 20.0F; x += 1e-4F) {
    float y = x;
    const auto counts = safety_clip({&y, 1});
    EXPECT_EQ(counts.clipped, 1);
    ASSERT_GE(y, before);
    ASSERT_LE(y - before, 1.1e-4F);  // the slope starts at 1 and falls
    ASSERT_LE(y, 1.0F);
    before = y;
  }
  float symmetric[] = {1.5F, -1.5F};
  safety_clip(symmetric);
  EXPECT_EQ(symmetric[0], -symmetric[1]);
}

TEST(SafetyClip, plays_what_is_not_finite_as_silence_and_survives_the_largest_numbers) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  float x[] = {std::numeric_limits<float>::quiet_NaN(), kInf, -kInf, std::numeric_limits<float>::max(), 0.5F};
  EXPECT_EQ(safety_clip(x), (SafetyClipCounts{.clipped = 1, .non_finite = 3}));
  EXPECT_EQ(x[0], 0.0F);
  EXPECT_EQ(x[1], 0.0F);
  EXPECT_EQ(x[2], 0.0F);
  EXPECT_LE(x[3], 1.0F);
  EXPECT_EQ(x[4], 0.5F);
}

}  // namespace
}  // namespace aapp::dsp
