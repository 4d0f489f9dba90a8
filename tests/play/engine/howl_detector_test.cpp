#include "play/engine/howl_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "common/base/units.h"
#include "common/dsp/biquad.h"
#include "common/dsp/safety_clip.h"
#include "common/io/audio_file.h"
#include "tests/support/corpus.h"

namespace aapp::play {
namespace {

constexpr int kRateHz = 48000;

struct Warning {
  double hz = 0.0;
  double at_s = 0.0;
};

std::optional<Warning> first_warning(const std::vector<float>& sound) {
  HowlDetector detector(kRateHz);
  constexpr std::size_t kBlock = 960;
  for (std::size_t at = 0; at + kBlock <= sound.size(); at += kBlock) {
    const float* channel = sound.data() + at;
    const auto howl = detector.hear(audio::ConstAudioView(&channel, 1, kBlock));
    if (!howl) continue;
    return Warning{*howl, static_cast<double>(at) / kRateHz};
  }
  return std::nullopt;
}

// A microphone that hears its loudspeaker: a delay of `waves` periods of 1300 Hz, a room that favours that
// frequency, a gain in the loop which is `excess_db` over what is stable there, a clipped output, and a
// little noise that starts it.
std::vector<float> loop(int waves, double excess_db, double seconds) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  const auto delay = static_cast<std::size_t>(waves * kRateHz / 1300.0);
  dsp::BiquadState<double> room;
  const auto coefficients = dsp::design_biquad<double>(dsp::BandType::band_pass, 1300.0, 0.0, 4.0, kRateHz);
  std::vector<float> heard(static_cast<std::size_t>(seconds * kRateHz));
  const double gain = db_to_gain(excess_db);
  for (std::size_t i = 0; i < heard.size(); ++i) {
    float back = i >= delay ? heard[i - delay] : 0.0F;
    dsp::safety_clip(std::span(&back, 1));
    heard[i] = static_cast<float>(gain * dsp::biquad_step(coefficients, room, static_cast<double>(back)) +
                                  1e-4 * uniform(random));
  }
  return heard;
}

TEST(HowlDetector, WarnsOfGrowingFeedbackWithinSixTenthsOfASecond) {
  for (const int waves : {6, 16, 33}) {
    for (const double excess_db : {0.5, 1.0, 2.0}) {
      const std::vector<float> sound = loop(waves, excess_db, 12.0);
      const auto warning = first_warning(sound);
      ASSERT_TRUE(warning) << waves << " waves, " << excess_db << " dB";
      EXPECT_NEAR(warning->hz, 1300.0, 150.0);
      const auto audible =
          std::ranges::find_if(sound, [](float x) { return std::abs(x) > db_to_gain(-50.0); });
      const double audible_s = static_cast<double>(audible - sound.begin()) / kRateHz;
      EXPECT_LT(warning->at_s - audible_s, 0.6) << waves << " waves, " << excess_db << " dB";
    }
  }
}

TEST(HowlDetector, StableLoopsAndSteadyTonesAreNoFeedback) {
  EXPECT_FALSE(first_warning(loop(16, -1.0, 5.0)));
  std::vector<float> tone(5 * kRateHz);
  for (std::size_t i = 0; i < tone.size(); ++i)
    tone[i] = 0.3F * static_cast<float>(std::sin(0.1 * static_cast<double>(i)));
  EXPECT_FALSE(first_warning(tone));
}

// A swelling voice grows as feedback does, but not alone: it has harmonics.
TEST(HowlDetector, ASwellingVoiceIsNoFeedback) {
  std::vector<float> voice(6 * kRateHz);
  for (std::size_t i = 0; i < voice.size(); ++i) {
    const double t = static_cast<double>(i) / kRateHz;
    double sum = 0.0;
    for (int h = 1; h <= 12; ++h)
      sum += std::sin(2.0 * kPi * 330.0 * h * t + 0.3 * std::sin(2.0 * kPi * 5.5 * t)) / h;
    voice[i] = static_cast<float>(0.3 * db_to_gain(-40.0 + 7.0 * t) * sum);
  }
  EXPECT_FALSE(first_warning(voice));
}

TEST(HowlDetector, RecordingsAreNoFeedback) {
  AAPP_REQUIRE_CORPUS();
  for (const std::string& path : test::corpus_files()) {
    const auto sound = io::load_audio(path);
    ASSERT_TRUE(sound);
    HowlDetector detector(sound->info.rate_hz);
    for (std::size_t at = 0; at < sound->samples.frames(); at += 1024) {
      const std::size_t frames = std::min<std::size_t>(1024, sound->samples.frames() - at);
      EXPECT_FALSE(detector.hear(sound->samples.view().slice(at, frames)))
          << path << " at " << static_cast<double>(at) / sound->info.rate_hz << " s";
    }
  }
}

TEST(HowlDetector, SilenceAndNoiseAreNoFeedback) {
  std::mt19937 random(2);
  std::uniform_real_distribution<float> uniform(-0.5F, 0.5F);
  std::vector<float> noise(4 * kRateHz);
  std::generate(noise.begin() + kRateHz, noise.end(), [&] { return uniform(random); });
  EXPECT_FALSE(first_warning(noise));
}

}  // namespace
}  // namespace aapp::play
