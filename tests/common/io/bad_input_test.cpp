// Files that are not what they claim: each is refused in one sentence with file, value and remedy, at opening
// or at the latest at the end of reading, and never takes more memory than it has bytes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <thread>

#include "common/io/audio_file.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testdata.h"

namespace aapp::io {
namespace {

using test::TempDir;
using test::testdata;

struct Refusal {
  const char* file;
  const char* says;
};

class BadInput : public testing::TestWithParam<Refusal> {};

TEST_P(BadInput, IsRefusedInOneSentence) {
  const std::string path = testdata(GetParam().file);
  const auto loaded = load_audio(path);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::unreadable);
  EXPECT_EQ(loaded.error().message.rfind(path + ": ", 0), 0U) << loaded.error().message;
  EXPECT_NE(loaded.error().message.find(GetParam().says), std::string::npos) << loaded.error().message;
  EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadInput,
    testing::Values(
        Refusal{"absent.wav", "cannot be opened: No such file or directory"},
        Refusal{"empty.wav", "is empty (0 bytes); must hold audio"},
        Refusal{"text.wav", "is damaged or no audio"},
        Refusal{"header_cut_off.wav", "is damaged or no audio"},
        Refusal{"truncated.wav",
                "declares 800 bytes of audio but holds 400; the file is truncated: copy or record"},
        Refusal{"truncated.aiff", "the file is truncated: copy or record it again"},
        Refusal{"aiff_named_wav.wav", "holds AIFF, but its extension says WAV; rename it to .aiff"},
        Refusal{"zero_channels.wav", "declares 0 channels; must be 1 to 64"},
        Refusal{"sixty_five_channels.wav", "65 channels; must be 1 to 64"},
        Refusal{"zero_rate.wav", "sample rate is 0 Hz; must be 1000 to 768000"},
        Refusal{"rate_two_million.wav", "sample rate is 2000000 Hz; must be 1000 to 768000"},
        Refusal{"no_frames.wav", "holds 0 frames of audio; must hold at least 1"},
        Refusal{"hundred_hours.wav", "declares 2880000000 bytes of audio but holds 200"},
        Refusal{"hundred_hours.w64", "declares 11520000000 bytes of audio but holds 800"},
        Refusal{"hundred_hours.rf64", "declares 11520000000 bytes of audio but holds 800"},
        Refusal{"hundred_hours.flac", "the file is truncated"}, Refusal{"", "is not a regular file"}),
    [](const auto& instance) {
      std::string name = *instance.param.file == '\0' ? "a folder" : instance.param.file;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
      return name;
    });

TEST(GoodInput, OddButValidFilesAreRead) {
  const auto plain = load_audio(testdata("noise_16bit_mono.wav"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->info.frames, 400);
  EXPECT_EQ(load_audio(testdata("one_frame.wav"))->samples.channel(0)[0], plain->samples.channel(0)[0]);
  for (const char* file : {"piped_length_unknown.wav", "odd_chunk_before_data.wav"}) {
    const auto odd = load_audio(testdata(file));
    ASSERT_TRUE(odd) << odd.error().message;
    EXPECT_EQ(odd->samples, plain->samples) << file;
  }
  const auto silent = load_audio(testdata("silent.wav"));
  ASSERT_TRUE(silent);
  EXPECT_TRUE(std::ranges::all_of(silent->samples.channel(0), [](float x) { return x == 0.0F; }));
}

TEST(GoodInput, NonFiniteSamplesBecomeSilenceAndAreCounted) {
  const auto mixed = load_audio(testdata("nan_and_inf.wav"));
  ASSERT_TRUE(mixed);
  EXPECT_EQ(mixed->non_finite_samples, 3 * 8);
  const std::vector<float> expected{0.25F, 0.0F, 0.5F, 0.0F, -0.5F, 0.0F, 0.125F, 0.0F};
  EXPECT_TRUE(std::ranges::equal(mixed->samples.channel(0).first(8), expected));
  EXPECT_EQ(load_audio(testdata("only_nan.wav"))->non_finite_samples, 64);
}

// A recording that a full disk or a crash cut anywhere must never pass for a whole one.
TEST(DamagedInput, IsNoticedWhereverAFileOfExactLengthIsCut) {
  const TempDir dir;
  for (const char* container : {"wav", "rf64", "w64", "aiff", "caf", "flac", "ogg", "opus"}) {
    const std::string path = dir.file(fmt::format("whole.{}", container)),
                      cut = dir.file(fmt::format("cut.{}", container));
    auto writer = AudioFileWriter::create(path, {container}, 48000, 2);
    ASSERT_TRUE(writer && (*writer)->write(test::noise(2, 30000).view()) && (*writer)->finish());
    const std::string bytes = test::read_bytes(path);
    for (const std::size_t percent : {1U, 20U, 50U, 80U, 99U}) {
      test::write_bytes(cut, bytes.substr(0, bytes.size() * percent / 100));
      const auto loaded = load_audio(cut);
      ASSERT_FALSE(loaded) << container << " cut at " << percent << " %";
      EXPECT_EQ(loaded.error().code, ErrorCode::unreadable);
    }
  }
}

// Any byte may be wrong: reading ends in an answer or an error, not in a crash or a hang.
TEST(DamagedInput, SurvivesFlippedBytesInEveryFormat) {
  const TempDir dir;
  std::uint32_t state = 7;
  const auto random = [&](std::size_t below) {
    state = state * 1664525U + 1013904223U;
    return (state >> 8U) % below;
  };
  for (const char* container : {"wav", "rf64", "w64", "aiff", "caf", "flac", "ogg", "opus", "mp3"}) {
    const std::string path = dir.file(fmt::format("whole.{}", container));
    auto writer = AudioFileWriter::create(path, {container}, 48000, 1);
    ASSERT_TRUE(writer && (*writer)->write(test::noise(1, 2000).view()) && (*writer)->finish());
    const std::string bytes = test::read_bytes(path);
    for (int round = 0; round < 40; ++round) {
      std::string damaged = bytes;
      // Headers decide most, so most of the damage goes there.
      const std::size_t region = round % 4 == 0 ? damaged.size() : std::min<std::size_t>(damaged.size(), 120);
      for (int flips = 0; flips < 3; ++flips) damaged[random(region)] = static_cast<char>(random(256));
      test::write_bytes(path, damaged);
      const auto loaded = load_audio(path);
      EXPECT_TRUE(loaded || loaded.error().code == ErrorCode::unreadable);
    }
  }
}

TEST(FileFormat, LimitsAreNamedWithTheRemedy) {
  struct Limit {
    FileFormat format;
    int rate_hz, channels;
    const char* says;
  };
  for (const Limit& limit : {
           Limit{{"flac", ""}, 48000, 9, "out: 9 channels; FLAC holds 1 to 8; use wav for more"},
           Limit{{"mp3", ""}, 48000, 3, "out: 3 channels; MP3 holds 1 to 2; use wav for more"},
           Limit{{"wav", ""}, 48000, 65, "out: 65 channels; WAV holds 1 to 64"},
           Limit{{"opus", ""},
                 44100,
                 2,
                 "out: sample rate is 44100 Hz; Opus holds 8000, 12000, 16000, 24000, 48000 Hz; "},
           Limit{{"flac", ""},
                 700000,
                 2,
                 "out: sample rate is 700000 Hz; FLAC holds 1000 to 655350 Hz; convert with"},
           Limit{{"flac", "float"},
                 48000,
                 2,
                 "out: FLAC has no sample format float; must be one of pcm_s8, pcm_16, pcm_24"},
           Limit{{"mp3", "pcm_16"},
                 48000,
                 2,
                 "out: MP3 is a codec and takes no sample format, but pcm_16 was asked for"},
           Limit{{"tape", ""}, 48000, 2, "out: unknown format tape; must be one of WAV, RF64"},
       }) {
    const auto checked = check_file_format("out", limit.format, limit.rate_hz, limit.channels);
    ASSERT_FALSE(checked) << limit.says;
    EXPECT_EQ(checked.error().code, ErrorCode::usage);
    EXPECT_EQ(checked.error().message.rfind(limit.says, 0), 0U) << checked.error().message;
  }
}

TEST(FileFormat, TheClosestSampleFormatKeepsAllBitsWhereTheContainerCan) {
  EXPECT_EQ(closest_sample_format("wav", "pcm_24"), "pcm_24");
  EXPECT_EQ(closest_sample_format("wav", "pcm_s8"), "pcm_u8");
  EXPECT_EQ(closest_sample_format("flac", "pcm_u8"), "pcm_s8");
  EXPECT_EQ(closest_sample_format("flac", "pcm_32"), "pcm_24");
  EXPECT_EQ(closest_sample_format("flac", "float"), "pcm_24");
  EXPECT_EQ(closest_sample_format("aiff", "double"), "double");
  EXPECT_EQ(closest_sample_format("opus", "pcm_16"), "");
  EXPECT_EQ(closest_sample_format("wav", ""), "float");
}

TEST(Testdata, EqualsWhatItsGeneratorMakes) {
  const TempDir dir;
  const std::string command =
      fmt::format("python3 '{}' '{}'", testdata("make_testdata.py"), dir.path().string());
  if (std::system("command -v python3 > /dev/null") != 0) GTEST_SKIP() << "python3 is not installed";
  ASSERT_EQ(std::system(command.c_str()), 0);
  for (const std::string& name : dir.listing()) {
    EXPECT_TRUE(test::read_bytes(dir.file(name)) == test::read_bytes(testdata(name))) << name;
  }
  EXPECT_GT(dir.listing().size(), 20U);
}

// A descriptor that was closed twice may have been another thread's file by then.
TEST(BrokenFile, IsClosedOnceAndNoOtherFileWithIt) {
  const TempDir dir;
  const std::string path = dir.file("broken.wav");
  test::write_bytes(path, "no audio");
  std::atomic<bool> done = false;
  std::thread opening([&] {
    for (int i = 0; i < 5000; ++i) EXPECT_FALSE(AudioFileReader::open(path));
    done = true;
  });
  int lost = 0;
  while (!done) {
    const int mine = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    std::this_thread::yield();
    lost += ::close(mine) != 0;
  }
  opening.join();
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace aapp::io
