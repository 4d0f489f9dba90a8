#include "play/learn/learner.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <numbers>
#include <random>
#include <thread>

#include "analyze/fit/fit_summary.h"
#include "analyze/fit/unpaired_fit.h"
#include "common/audio/buffer_source.h"
#include "common/chain/render.h"
#include "common/io/audio_file.h"
#include "tests/support/temp_dir.h"

namespace aapp::play {
namespace {

constexpr int kRateHz = 16000;
constexpr audio::StreamSpec kSpec{.rate_hz = kRateHz, .channels = 1, .max_block_frames = 1024};

// Noise in syllables: spectrum and level both vary.
audio::AudioBuffer syllables(double seconds, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  audio::AudioBuffer sound(1, static_cast<std::size_t>(seconds * kRateHz));
  double low = 0.0;
  for (std::size_t i = 0; i < sound.frames(); ++i) {
    const double t = static_cast<double>(i) / kRateHz;
    low += 0.3 * (uniform(random) - low);
    sound.channel(0)[i] = static_cast<float>(
        low * std::pow(std::abs(std::sin(3.0 * std::numbers::pi * t)), 2.0) * (1.0 + 0.5 * std::sin(t)));
  }
  return sound;
}

class LearnerTest : public testing::Test {
 protected:
  void SetUp() override {
    Preset bright;
    effects::EqParams eq;
    eq.bands.push_back({.type = dsp::BandType::high_shelf, .frequency_hz = 2000.0, .gain_db = 9.0});
    bright.chain.push_back({eq});
    const auto reference = chain::render(syllables(4.0, 3), kRateHz, bright);
    auto writer = io::AudioFileWriter::create(path(), {}, kRateHz, 1);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(reference->view()));
    ASSERT_TRUE((*writer)->finish());
  }
  std::string path() const { return folder_.file("idol.wav"); }
  // In blocks, as the tap gives it.
  static void hear(Learner& learner, const audio::AudioBuffer& sound) {
    for (std::size_t at = 0; at < sound.frames(); at += 1000) {
      const auto block = sound.view().slice(at, std::min<std::size_t>(1000, sound.frames() - at));
      learner.hear(kSpec, {static_cast<std::int64_t>(at), block, block});
    }
  }
  static Result<Learned> outcome(Learner& learner) {
    for (;;) {
      if (auto result = learner.take()) return std::move(*result);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  test::TempDir folder_;
};

TEST_F(LearnerTest, MakesThePresetThatFitSourceMakesOfTheSameSound) {
  auto learner = Learner::start({.reference = path(), .listen_s = 3.0});
  ASSERT_TRUE(learner);
  const audio::AudioBuffer sound = syllables(5.0, 3);
  hear(**learner, sound);
  ASSERT_EQ((*learner)->stage(), LearnStage::fitting);
  const Result<Learned> learned = outcome(**learner);
  ASSERT_TRUE(learned) << learned.error().message;
  EXPECT_EQ((*learner)->stage(), LearnStage::done);
  EXPECT_EQ(learned->preset.name, "idol");
  EXPECT_NE(learned->preset.provenance_json.find("live input"), std::string::npos);
  EXPECT_NE(learned->preset.fit_json.find("reference_spectrum"), std::string::npos);

  // Up to the block in which it had heard enough.
  const auto reference = measure::measure_file(path());
  ASSERT_TRUE(reference);
  const auto heard = static_cast<std::size_t>((*learner)->heard_frames());
  audio::AudioBuffer source(1, heard);
  std::ranges::copy(sound.channel(0).first(heard), source.channel(0).begin());
  const auto twin = fit::recorded_source(
      [&]() -> Result<std::unique_ptr<audio::BlockSource>> {
        return std::make_unique<audio::BufferSource>(source, kRateHz);
      },
      "twin");
  ASSERT_TRUE(twin);
  const auto fitted = fit::fit_unpaired(*twin, *reference, {});
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->preset.chain, learned->preset.chain);
}

TEST_F(LearnerTest, SilenceIsWaitedOutAndThenNamed) {
  auto learner = Learner::start({.reference = path(), .listen_s = 2.0, .give_up_s = 6.0});
  ASSERT_TRUE(learner);
  audio::AudioBuffer quiet(1, 5 * kRateHz);
  hear(**learner, quiet);
  EXPECT_EQ((*learner)->stage(), LearnStage::listening);
  EXPECT_EQ((*learner)->heard_s(), 0.0);
  hear(**learner, quiet);
  const Result<Learned> learned = outcome(**learner);
  ASSERT_FALSE(learned);
  EXPECT_NE(learned.error().message.find("microphone"), std::string::npos);
}

TEST_F(LearnerTest, AReferenceThatIsNoAudioIsRefusedAtTheStart) {
  test::write_bytes(folder_.file("text.wav"), "no audio");
  const auto learner = Learner::start({.reference = folder_.file("text.wav")});
  ASSERT_FALSE(learner);
  EXPECT_EQ(learner.error().code, ErrorCode::unreadable);
}

TEST_F(LearnerTest, EndsItsFitWhenItGoesAway) {
  auto learner = Learner::start({.reference = path(), .listen_s = 2.0});
  ASSERT_TRUE(learner);
  hear(**learner, syllables(4.0, 3));
  ASSERT_EQ((*learner)->stage(), LearnStage::fitting);
  learner->reset();
}

}  // namespace
}  // namespace aapp::play
