#include "play/record/recorder.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "tests/support/temp_dir.h"

namespace aapp::play {
namespace {

constexpr audio::StreamSpec kSpec{.rate_hz = 48000, .channels = 2, .max_block_frames = 1024};

// Sample i of channel c: dry positive, wet negative, all different.
float value(std::int64_t i, int c) {
  return static_cast<float>((i % 30000) + 1 + 30000 * c) / 131072.0F;
}

class RecorderTest : public testing::Test {
 protected:
  void hear(Recorder& recorder, std::int64_t from, std::size_t frames,
            const audio::StreamSpec& spec = kSpec) {
    audio::AudioBuffer dry(spec.channels, frames), wet(spec.channels, frames);
    for (int c = 0; c < spec.channels; ++c) {
      for (std::size_t i = 0; i < frames; ++i) {
        dry.channel(c)[i] = value(from + static_cast<std::int64_t>(i), c);
        wet.channel(c)[i] = -dry.channel(c)[i];
      }
    }
    recorder.hear(spec, {from, dry.view(), wet.view()});
  }
  std::unique_ptr<Recorder> make(const std::string& name) {
    auto made = Recorder::create(folder_.file(name), Overwrite::refuse);
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
  test::TempDir folder_;
};

TEST_F(RecorderTest, DryAndWetLieSideBySideBitForBit) {
  const auto recorder = make("take.wav");
  for (std::int64_t at = 0; at < 48000; at += 480) hear(*recorder, at, 480);
  const auto figures = recorder->finish();
  ASSERT_TRUE(figures) << figures.error().message;
  EXPECT_EQ(figures->frames, 48000);
  EXPECT_EQ(figures->lost_frames, 0);
  const auto take = io::load_audio(folder_.file("take.wav"));
  ASSERT_TRUE(take);
  ASSERT_EQ(take->samples.channels(), 4);
  ASSERT_EQ(take->samples.frames(), 48000u);
  for (std::int64_t i = 0; i < 48000; ++i) {
    for (int c = 0; c < 4; ++c) {
      const float expected = c < 2 ? value(i, c) : -value(i, c - 2);
      ASSERT_EQ(take->samples.channel(c)[static_cast<std::size_t>(i)], expected) << i << " " << c;
    }
  }
}

TEST_F(RecorderTest, WhatWasLostIsSilenceAndTheRestStaysInTime) {
  const auto recorder = make("take.wav");
  hear(*recorder, 5000, 480);
  hear(*recorder, 5000 + 480 + 777, 480);
  const auto figures = recorder->finish();
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->lost_frames, 777);
  const auto take = io::load_audio(folder_.file("take.wav"));
  ASSERT_TRUE(take);
  ASSERT_EQ(take->samples.frames(), 480u + 777u + 480u);
  EXPECT_EQ(take->samples.channel(0)[479], value(5479, 0));
  for (std::size_t i = 480; i < 480 + 777; ++i) ASSERT_EQ(take->samples.channel(3)[i], 0.0F);
  EXPECT_EQ(take->samples.channel(0)[480 + 777], value(5000 + 480 + 777, 0));
}

TEST_F(RecorderTest, AReopenedStreamGoesOnInTheSameFile) {
  const auto recorder = make("take.flac");
  hear(*recorder, 0, 480);
  hear(*recorder, 480, 480);
  hear(*recorder, 0, 480);
  const auto figures = recorder->finish();
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->frames, 3 * 480);
  EXPECT_EQ(figures->lost_frames, 0);
}

TEST_F(RecorderTest, AnotherRateEndsItAndSaysSo) {
  const auto recorder = make("take.wav");
  hear(*recorder, 0, 480);
  audio::StreamSpec other = kSpec;
  other.rate_hz = 44100;
  hear(*recorder, 0, 480, other);
  const auto trouble = recorder->take_trouble();
  ASSERT_TRUE(trouble);
  EXPECT_NE(trouble->message.find("44100 Hz"), std::string::npos);
  EXPECT_FALSE(recorder->take_trouble());
  const auto figures = recorder->finish();
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->frames, 480);
}

TEST_F(RecorderTest, WhatCannotBeWrittenIsRefusedAtOnce) {
  test::write_bytes(folder_.file("old.wav"), "precious");
  for (const std::string name : {"old.wav", "nowhere/take.wav", "take.txt"}) {
    const auto made = Recorder::create(folder_.file(name), Overwrite::refuse);
    ASSERT_FALSE(made) << name;
    EXPECT_NE(made.error().message.find(name), std::string::npos) << made.error().message;
  }
  EXPECT_EQ(test::read_bytes(folder_.file("old.wav")), "precious");
}

TEST_F(RecorderTest, WithoutSoundThereIsNoFile) {
  ASSERT_TRUE(make("take.wav")->finish());
  EXPECT_TRUE(folder_.listing().empty());
}

// A limit on the size of files stands for a full disk: write() fails in the same way.
TEST_F(RecorderTest, AFullDiskEndsTheRecordingAndKeepsWhatWasBefore) {
  rlimit former{};
  getrlimit(RLIMIT_FSIZE, &former);
  const rlimit small{.rlim_cur = 1'000'000, .rlim_max = former.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const auto recorder = make("take.wav");
  std::optional<Error> trouble;
  for (std::int64_t at = 0; at < 480000 && !trouble; at += 480) {
    hear(*recorder, at, 480);
    trouble = recorder->take_trouble();
  }
  const auto figures = recorder->finish();
  setrlimit(RLIMIT_FSIZE, &former);
  std::signal(SIGXFSZ, old_handler);

  if (!trouble) {
    ASSERT_FALSE(figures);  // the writer noticed after the last piece
    trouble = figures.error();
  }
  EXPECT_NE(trouble->message.find("take.wav"), std::string::npos);
  EXPECT_NE(trouble->message.find("are kept"), std::string::npos) << trouble->message;
  const auto take = io::load_audio(folder_.file("take.wav"));
  ASSERT_TRUE(take) << take.error().message;
  ASSERT_GT(take->samples.frames(), 50000u);
  for (std::int64_t i = 0; i < 50000; ++i)
    ASSERT_EQ(take->samples.channel(0)[static_cast<std::size_t>(i)], value(i, 0)) << i;
}

}  // namespace
}  // namespace aapp::play
