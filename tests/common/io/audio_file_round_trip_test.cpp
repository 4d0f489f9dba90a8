// Every container, sample format and number of channels that fit together: what is written comes back.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <ctime>
#include <limits>

#include "common/audio/pcm_format.h"
#include "common/io/audio_file.h"
#include "tests/support/corpus.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"

namespace aapp::io {
namespace {

using audio::AudioBuffer;
using test::TempDir;

struct Case {
  FileFormat format;
  int bits;  // 0: exact float; -1: a lossy codec
};

const Case kCases[] = {
    {{"wav", "pcm_u8"}, 8},   {{"wav", "pcm_16"}, 16},  {{"wav", "pcm_24"}, 24},  {{"wav", "pcm_32"}, 32},
    {{"wav", "float"}, 0},    {{"wav", "double"}, 0},   {{"rf64", "pcm_u8"}, 8},  {{"rf64", "pcm_16"}, 16},
    {{"rf64", "pcm_24"}, 24}, {{"rf64", "pcm_32"}, 32}, {{"rf64", "float"}, 0},   {{"rf64", "double"}, 0},
    {{"w64", "pcm_u8"}, 8},   {{"w64", "pcm_16"}, 16},  {{"w64", "pcm_24"}, 24},  {{"w64", "pcm_32"}, 32},
    {{"w64", "float"}, 0},    {{"w64", "double"}, 0},   {{"flac", "pcm_s8"}, 8},  {{"flac", "pcm_16"}, 16},
    {{"flac", "pcm_24"}, 24}, {{"aiff", "pcm_s8"}, 8},  {{"aiff", "pcm_16"}, 16}, {{"aiff", "pcm_24"}, 24},
    {{"aiff", "pcm_32"}, 32}, {{"aiff", "float"}, 0},   {{"aiff", "double"}, 0},  {{"caf", "pcm_s8"}, 8},
    {{"caf", "pcm_16"}, 16},  {{"caf", "pcm_24"}, 24},  {{"caf", "pcm_32"}, 32},  {{"caf", "float"}, 0},
    {{"caf", "double"}, 0},   {{"ogg", ""}, -1},        {{"opus", ""}, -1},       {{"mp3", ""}, -1},
};
constexpr int kChannelCounts[] = {1, 2, 3, 6, 64};
constexpr int kRate = 48000;

void write_audio(const std::string& path, const FileFormat& format, const AudioBuffer& audio,
                 std::size_t block, const WriteOptions& options = {}) {
  auto writer = AudioFileWriter::create(path, format, kRate, audio.channels(), options);
  ASSERT_TRUE(writer) << writer.error().message;
  for (std::size_t at = 0; at < audio.frames(); at += block) {
    const auto written = (*writer)->write(audio.view().slice(at, std::min(block, audio.frames() - at)));
    ASSERT_TRUE(written) << written.error().message;
  }
  const auto finished = (*writer)->finish();
  ASSERT_TRUE(finished) << finished.error().message;
}

// What an integer format of so many bits keeps of a sample.
float stored(float sample, int bits) {
  if (bits == 0) return sample;
  audio::Quantizer quantizer(bits, audio::Dither::none);
  std::int32_t integer = 0;
  quantizer.quantize({&sample, 1}, {&integer, 1});
  return static_cast<float>(integer * std::ldexp(1.0, 1 - bits));
}

std::string name_of(const Case& c, int channels) {
  return fmt::format("{} {} x {}", c.format.container, c.format.sample_format, channels);
}

template <class Check>
void for_each_case(bool lossy, Check check) {
  for (const Case& c : kCases) {
    if ((c.bits < 0) != lossy) continue;
    for (const int channels : kChannelCounts) {
      if (!check_file_format("x", c.format, kRate, channels)) continue;
      SCOPED_TRACE(name_of(c, channels));
      check(c, channels);
    }
  }
}

TEST(AudioFileRoundTrip, LosslessFormatsKeepEverySampleTheyCanHold) {
  const TempDir dir;
  for_each_case(false, [&](const Case& c, int channels) {
    const AudioBuffer audio = test::noise(channels, 3000, 0.9F);
    const std::string path = dir.file(name_of(c, channels) + "." + c.format.container);
    write_audio(path, c.format, audio, 1000);
    const auto loaded = load_audio(path);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->info.format, c.format);
    EXPECT_EQ(loaded->info.rate_hz, kRate);
    ASSERT_EQ(loaded->samples.channels(), channels);
    ASSERT_EQ(loaded->samples.frames(), audio.frames());
    for (int ch = 0; ch < channels; ++ch) {
      for (std::size_t i = 0; i < audio.frames(); ++i) {
        ASSERT_EQ(loaded->samples.channel(ch)[i], stored(audio.channel(ch)[i], c.bits)) << i;
      }
    }
  });
}

TEST(AudioFileRoundTrip, ReadingAndWritingAgainGivesTheSameBytes) {
  const TempDir dir;
  for_each_case(false, [&](const Case& c, int channels) {
    const std::string first = dir.file("first." + c.format.container),
                      second = dir.file("second." + c.format.container);
    write_audio(first, c.format, test::noise(channels, 500, 0.9F), 500, {.overwrite = Overwrite::replace});
    const auto loaded = load_audio(first);
    ASSERT_TRUE(loaded);
    write_audio(second, c.format, loaded->samples, 77, {.overwrite = Overwrite::replace});
    EXPECT_TRUE(test::read_bytes(first) == test::read_bytes(second));
  });
}

TEST(AudioFileRoundTrip, LossyFormatsKeepLengthAndLevel) {
  const TempDir dir;
  for_each_case(true, [&](const Case& c, int channels) {
    const AudioBuffer audio = test::sine(channels, 24000, 1000.0, kRate);
    const std::string path = dir.file(name_of(c, channels) + "." + c.format.container);
    write_audio(path, c.format, audio, 4096);
    const auto loaded = load_audio(path);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->info.format, c.format);
    EXPECT_EQ(loaded->samples.frames(), audio.frames());
    // The first channel: the sixth of six is a bass channel, which both codecs low-pass.
    double power = 0.0;
    for (const float sample : loaded->samples.channel(0)) power += static_cast<double>(sample) * sample;
    EXPECT_NEAR(power / static_cast<double>(loaded->samples.frames()), 0.125, 0.02);
  });
}

TEST(AudioFileRoundTrip, BytesDependNeitherOnTheClockNorOnTheBlockSize) {
  const TempDir dir;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const Case& c : kCases) {
    const std::string stem = dir.file(name_of(c, 2));
    const AudioBuffer audio = test::noise(2, 9000, 0.25F);
    pairs.emplace_back(stem + " 1." + c.format.container, stem + " 2." + c.format.container);
    write_audio(pairs.back().first, c.format, audio, 9000);
  }
  // A stamp of the time of day has seconds: both sides of one.
  const auto start = std::time(nullptr);
  while (std::time(nullptr) == start) ::usleep(10000);
  std::size_t i = 0;
  for (const Case& c : kCases) write_audio(pairs[i++].second, c.format, test::noise(2, 9000, 0.25F), 9000);
  for (const auto& [first, second] : pairs)
    EXPECT_TRUE(test::read_bytes(first) == test::read_bytes(second)) << first;
}

TEST(AudioFileRoundTrip, HoldsAnyRateOfTheContract) {
  const TempDir dir;
  for (const char* container : {"wav", "rf64", "w64", "aiff", "caf"}) {
    for (const int rate : {audio::kMinRateHz, 7919, 16000, 44100, 192000, audio::kMaxRateHz}) {
      const std::string path = dir.file(fmt::format("{}.{}", rate, container));
      auto writer = AudioFileWriter::create(path, {.container = container}, rate, 1);
      ASSERT_TRUE(writer);
      ASSERT_TRUE((*writer)->write(test::noise(1, 10).view()) && (*writer)->finish());
      const auto reader = AudioFileReader::open(path);
      ASSERT_TRUE(reader) << reader.error().message;
      EXPECT_EQ((*reader)->rate_hz(), rate);
    }
  }
}

TEST(AudioFileRoundTrip, CountsClippedSamplesInIntegerFormatsOnly) {
  const TempDir dir;
  AudioBuffer loud = test::noise(1, 100, 0.5F);
  loud.channel(0)[10] = 1.7F;
  loud.channel(0)[20] = -3.0F;
  for (const auto& [format, clipped] : {std::pair{"pcm_16", 2}, std::pair{"float", 0}}) {
    auto writer = AudioFileWriter::create(dir.file(std::string(format) + ".wav"), {"wav", format}, kRate, 1);
    ASSERT_TRUE(writer && (*writer)->write(loud.view()) && (*writer)->finish());
    EXPECT_EQ((*writer)->stats().clipped_samples, clipped);
  }
  EXPECT_EQ(load_audio(dir.file("pcm_16.wav"))->samples.channel(0)[10], 32767.0F / 32768.0F);
  EXPECT_EQ(load_audio(dir.file("float.wav"))->samples.channel(0)[10], 1.7F);
}

TEST(AudioFileRoundTrip, NonFiniteSamplesNeverReachAFile) {
  const TempDir dir;
  AudioBuffer bad = test::noise(2, 100);
  bad.channel(1)[10] = std::numeric_limits<float>::quiet_NaN();
  bad.channel(0)[20] = std::numeric_limits<float>::infinity();
  auto writer = AudioFileWriter::create(dir.file("out.wav"), {}, kRate, 2);
  ASSERT_TRUE(writer && (*writer)->write(bad.view()) && (*writer)->finish());
  EXPECT_EQ((*writer)->stats().non_finite_samples, 2);
  const auto loaded = load_audio(dir.file("out.wav"));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->non_finite_samples, 0);
  EXPECT_EQ(loaded->samples.channel(1)[10], 0.0F);
}

TEST(AudioFileRoundTrip, DitherChangesAtMostTwoStepsAndIsRepeatable) {
  const TempDir dir;
  const AudioBuffer audio = test::sine(2, 5000, 440.0, kRate, 0.3);
  for (const char* name : {"a.wav", "b.wav"}) {
    write_audio(dir.file(name), {"wav", "pcm_16"}, audio, name[0] == 'a' ? 5000 : 333,
                {.dither = audio::Dither::tpdf});
  }
  write_audio(dir.file("plain.wav"), {"wav", "pcm_16"}, audio, 5000);
  EXPECT_TRUE(test::read_bytes(dir.file("a.wav")) == test::read_bytes(dir.file("b.wav")));
  EXPECT_FALSE(test::read_bytes(dir.file("a.wav")) == test::read_bytes(dir.file("plain.wav")));
  const auto dithered = load_audio(dir.file("a.wav")), plain = load_audio(dir.file("plain.wav"));
  for (std::size_t i = 0; i < 5000; ++i) {
    ASSERT_LE(std::abs(dithered->samples.channel(0)[i] - plain->samples.channel(0)[i]), 2.0F / 32768.0F);
  }
}

TEST(AudioFileRoundTrip, RealRecordingsSurviveAnotherContainer) {
  AAPP_REQUIRE_CORPUS();
  const TempDir dir;
  for (const std::string& path : test::corpus_files()) {
    const auto recording = load_audio(path);
    ASSERT_TRUE(recording) << recording.error().message;
    EXPECT_EQ(recording->non_finite_samples, 0);
    const FileFormat format{"wav", recording->info.format.sample_format};
    write_audio(dir.file("copy.wav"), format, recording->samples, 65536, {.overwrite = Overwrite::replace});
    EXPECT_TRUE(load_audio(dir.file("copy.wav"))->samples == recording->samples) << path;
  }
}

}  // namespace
}  // namespace aapp::io
