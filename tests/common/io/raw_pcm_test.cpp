#include "common/io/raw_pcm.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <thread>

#include "tests/support/memory_stream.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testdata.h"

namespace aapp::io {
namespace {

using audio::AudioBuffer;
using test::TempDir;

constexpr const char* kEncodings[] = {"u8",    "s8",    "s16le", "s16be", "s24le", "s24be",
                                      "s32le", "s32be", "f32le", "f32be", "f64le", "f64be"};

TEST(RawSpec, ReadsEncodingRateAndChannels) {
  const auto spec = parse_raw_spec("s24be:44100:6");
  ASSERT_TRUE(spec);
  const audio::PcmFormat expected{audio::PcmEncoding::s24, audio::ByteOrder::big};
  EXPECT_EQ(spec->format, expected);
  EXPECT_EQ(spec->rate_hz, 44100);
  EXPECT_EQ(spec->channels, 6);
}

TEST(RawSpec, NamesWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"s16le", "--raw s16le: must be ENCODING:RATE:CHANNELS, as in s16le:16000:1"},
      {"s16:16000:1", "--raw s16:16000:1: unknown encoding s16; must be one of u8 s8 s16le"},
      {"s16le:fast:1", "--raw s16le:fast:1: sample rate is fast; must be 1000 to 768000 Hz"},
      {"s16le:999:1", "--raw s16le:999:1: sample rate is 999; must be 1000 to 768000 Hz"},
      {"s16le:16000:0", "--raw s16le:16000:0: 0 channels; must be 1 to 64"},
      {"s16le:16000:1:2", "--raw s16le:16000:1:2: 1:2 channels; must be 1 to 64"},
  };
  for (const auto& [text, says] : cases) {
    const auto spec = parse_raw_spec(text);
    ASSERT_FALSE(spec) << text;
    EXPECT_EQ(spec.error().code, ErrorCode::usage);
    EXPECT_EQ(spec.error().message.rfind(says, 0), 0U) << spec.error().message;
  }
}

TEST(RawPcm, EveryEncodingComesBackFromAFile) {
  const TempDir dir;
  for (const char* encoding : kEncodings) {
    for (const int channels : {1, 2, 3, 64}) {
      // 8 bits hold multiples of 1/128 exactly.
      AudioBuffer audio = test::noise(channels, 700, 0.9F);
      for (int c = 0; c < channels; ++c) {
        for (float& sample : audio.channel(c)) sample = std::round(sample * 128.0F) / 128.0F;
      }
      const auto spec = parse_raw_spec(fmt::format("{}:48000:{}", encoding, channels));
      ASSERT_TRUE(spec);
      const std::string path = dir.file(fmt::format("{}-{}.raw", encoding, channels));
      auto writer = RawPcmWriter::create(path, *spec);
      ASSERT_TRUE(writer && (*writer)->write(audio.view()) && (*writer)->finish());
      auto reader = RawPcmReader::open(path, *spec);
      ASSERT_TRUE(reader) << reader.error().message;
      EXPECT_EQ((*reader)->total_frames(), 700);
      EXPECT_EQ(*test::read_all(**reader), audio) << path;
    }
  }
}

TEST(RawPcm, EqualsTheWavOfTheSameSamples) {
  auto reader =
      RawPcmReader::open(test::testdata("noise_s16le_16000_mono.raw"), *parse_raw_spec("s16le:16000:1"));
  ASSERT_TRUE(reader);
  EXPECT_EQ(*test::read_all(**reader), load_audio(test::testdata("noise_16bit_mono.wav"))->samples);
}

// A pipe may cut anywhere, in the middle of a sample too.
TEST(RawPcm, KeepsTheRestOfAFrameWhateverTheChunkSize) {
  const std::string bytes = test::read_bytes(test::testdata("noise_s16le_16000_mono.raw"));
  const auto spec = *parse_raw_spec("s24le:16000:2");  // 6 bytes a frame: 798 of the 800 bytes
  AudioBuffer whole;
  for (const std::size_t chunk : {798U, 1U, 5U, 7U, 64U}) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    std::thread feeder([&] {
      for (std::size_t at = 0; at < 798; at += chunk) {
        const std::string part = bytes.substr(at, std::min(chunk, 798 - at));
        EXPECT_EQ(::write(pipe[1], part.data(), part.size()), static_cast<ssize_t>(part.size()));
      }
      ::close(pipe[1]);
    });
    auto reader = RawPcmReader::take(pipe[0], "pipe", spec);
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->total_frames(), std::nullopt);
    const auto audio = test::read_all(**reader, 50);
    feeder.join();
    ASSERT_TRUE(audio);
    EXPECT_EQ(audio->frames(), 133U);
    if (chunk == 798U) whole = *audio;
    EXPECT_EQ(*audio, whole) << "chunks of " << chunk;
  }
}

TEST(RawPcm, AStreamThatEndsInsideAFrameIsTruncated) {
  const TempDir dir;
  test::write_bytes(dir.file("odd.raw"), "12345");
  const auto spec = *parse_raw_spec("s16le:16000:2");
  const auto file = RawPcmReader::open(dir.file("odd.raw"), spec);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::unreadable);
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  ASSERT_EQ(::write(pipe[1], "12345", 5), 5);
  ::close(pipe[1]);
  auto reader = RawPcmReader::take(pipe[0], "pipe", spec);
  ASSERT_TRUE(reader);
  const auto audio = test::read_all(**reader);
  ASSERT_FALSE(audio);
  EXPECT_EQ(audio.error().message,
            "pipe: ends 1 bytes into a frame of 4; the stream is truncated or --raw names another format");
}

}  // namespace
}  // namespace aapp::io
