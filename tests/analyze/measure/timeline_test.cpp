#include "analyze/measure/timeline.h"

#include <gtest/gtest.h>

#include <cmath>

#include "common/base/units.h"

namespace aapp::measure {
namespace {

constexpr int kRateHz = 48000;

void add_tone(audio::AudioBuffer& sound, double from_s, double to_s, double hz, double amplitude) {
  for (auto i = static_cast<std::size_t>(from_s * kRateHz); i < static_cast<std::size_t>(to_s * kRateHz);
       ++i) {
    sound.channel(0)[i] +=
        static_cast<float>(amplitude * std::sin(2.0 * kPi * hz * static_cast<double>(i) / kRateHz));
  }
}

Timeline timeline_of(const audio::AudioBuffer& sound, std::size_t block_frames = 1000) {
  TimelineMeter meter(sound.channels(), kRateHz);
  for (std::size_t first = 0; first < sound.frames(); first += block_frames) {
    meter.visit(sound.view().slice(first, std::min(block_frames, sound.frames() - first)));
  }
  return meter.finish();
}

TEST(Timeline, SineHasItsPeakAndRmsInEveryStep) {
  audio::AudioBuffer sound(1, 2 * kRateHz);
  add_tone(sound, 0.0, 2.0, 1000.0, 0.5);
  const Timeline timeline = timeline_of(sound);
  ASSERT_EQ(timeline.peak.size(), 200U);
  EXPECT_DOUBLE_EQ(timeline.step_s, 0.01);
  for (std::size_t i = 0; i < timeline.peak.size(); ++i) {
    EXPECT_NEAR(timeline.peak[i], 0.5, 1e-3);
    EXPECT_NEAR(timeline.rms[i], 0.5 / std::sqrt(2.0), 1e-3);
  }
}

TEST(Timeline, FindsOnsetsAndTheBrightnessOfEachEvent) {
  audio::AudioBuffer sound(1, 3 * kRateHz);
  add_tone(sound, 0.5, 1.2, 300.0, 0.3);
  add_tone(sound, 1.5, 2.2, 4000.0, 0.3);
  const Timeline timeline = timeline_of(sound);
  const auto has_onset_near = [&](double s) {
    for (const double onset : timeline.onsets_s) {
      if (std::abs(onset - s) <= 0.02) return true;
    }
    return false;
  };
  EXPECT_TRUE(has_onset_near(0.5));
  EXPECT_TRUE(has_onset_near(1.5));
  EXPECT_NEAR(timeline.centroid_hz[85], 300.0, 30.0);
  EXPECT_NEAR(timeline.centroid_hz[185], 4000.0, 100.0);
  EXPECT_EQ(timeline.centroid_hz[10], 0.0F) << "silence has no brightness";
}

TEST(Timeline, HasAtMostItsNumberOfStepsWhateverTheLength) {
  audio::AudioBuffer sound(2, 100 * kRateHz);
  add_tone(sound, 99.0, 99.9, 500.0, 0.8);
  const Timeline timeline = timeline_of(sound, 65536);
  EXPECT_LE(timeline.peak.size(), kTimelineSteps);
  EXPECT_NEAR(timeline.step_s * static_cast<double>(timeline.peak.size()), 100.0, 0.2);
  EXPECT_NEAR(timeline.peak.back() + timeline.peak[timeline.peak.size() - 4], 0.8, 0.01)
      << "the last 0.1 s are silent";
  EXPECT_EQ(timeline.peak.front(), 0.0F);
}

TEST(Timeline, DoesNotDependOnBlocks) {
  audio::AudioBuffer sound(1, 2 * kRateHz);
  add_tone(sound, 0.3, 1.7, 700.0, 0.4);
  const Timeline a = timeline_of(sound, 97);
  const Timeline b = timeline_of(sound, 4096);
  EXPECT_EQ(a.peak, b.peak);
  EXPECT_EQ(a.rms, b.rms);
  EXPECT_EQ(a.centroid_hz, b.centroid_hz);
  EXPECT_EQ(a.onsets_s, b.onsets_s);
}

TEST(Timeline, ShortTermLoudnessOfASineIsItsLevel) {
  audio::AudioBuffer sound(1, 5 * kRateHz);
  add_tone(sound, 0.0, 5.0, 997.0, 1.0);
  const Timeline timeline = timeline_of(sound);
  ASSERT_EQ(timeline.short_term_lufs.size(), 21U);
  EXPECT_NEAR(timeline.short_term_lufs.back(), -3.01, 0.02);  // BS.1770-4: full scale sine, one channel
}

}  // namespace
}  // namespace aapp::measure
