#include "common/io/open_audio.h"

#include <gtest/gtest.h>

#include "tests/support/memory_stream.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testdata.h"

namespace aapp::io {
namespace {

using test::TempDir;
using test::testdata;

RawSpec mono_16k() {
  return *parse_raw_spec("s16le:16000:1");
}

TEST(OpenAudio, RawMeansWhateverHasNoKnownExtension) {
  EXPECT_TRUE(is_raw_path("-", mono_16k()));
  EXPECT_TRUE(is_raw_path("call.raw", mono_16k()));
  EXPECT_TRUE(is_raw_path("call", mono_16k()));
  EXPECT_FALSE(is_raw_path("call.wav", mono_16k()));
  EXPECT_FALSE(is_raw_path("call.raw", std::nullopt));
}

TEST(OpenAudio, ReadsTheSameSamplesWithAHeaderAndWithout) {
  const auto raw = open_audio(testdata("noise_s16le_16000_mono.raw"), mono_16k());
  const auto wav = open_audio(testdata("noise_16bit_mono.wav"), mono_16k());
  ASSERT_TRUE(raw && wav);
  EXPECT_EQ(raw->info.frames, 400);
  EXPECT_EQ(raw->info.format.sample_format, wav->info.format.sample_format);
  EXPECT_EQ(*test::read_all(*raw->source), *test::read_all(*wav->source));
}

TEST(OpenAudio, HeaderlessInputWithoutRawIsRefused) {
  const auto opened = open_audio(testdata("noise_s16le_16000_mono.raw"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unreadable);
}

TEST(CreateAudio, HeaderlessOutputMustAgreeWithTheAudio) {
  const TempDir dir;
  const auto create = [&](int rate_hz, int channels, const std::optional<RawSpec>& raw) {
    return create_audio(
        dir.file("out.raw"),
        {.format = {.container = "raw"}, .rate_hz = rate_hz, .channels = channels, .raw = raw});
  };
  for (const auto& refused :
       {create(16000, 1, std::nullopt), create(48000, 1, mono_16k()), create(16000, 2, mono_16k())}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
  }
  auto writer = create(16000, 1, mono_16k());
  ASSERT_TRUE(writer && (*writer)->write(test::noise(1, 10).view()) && (*writer)->finish());
  EXPECT_EQ(std::filesystem::file_size(dir.file("out.raw")), 20U);
}

}  // namespace
}  // namespace aapp::io
