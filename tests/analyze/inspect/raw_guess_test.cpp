#include "analyze/inspect/raw_guess.h"

#include <gtest/gtest.h>

#include "tests/analyze/inspect/awkward_files.h"

namespace aapp::inspect {
namespace {

class RawGuessOf : public testing::TestWithParam<std::string> {};

TEST_P(RawGuessOf, TheTrueReadingIsFirst) {
  const test::TempDir folder;
  const std::string path = folder.file("sound.raw");
  for (const int channels : {1, 2}) {
    const io::RawSpec spec = *io::parse_raw_spec(GetParam() + ":44100:" + std::to_string(channels));
    test::write_bytes(path, bytes_of(tune(channels), spec.format));
    const auto guess = guess_raw(path);
    ASSERT_TRUE(guess) << guess.error().message;
    ASSERT_FALSE(guess->readings.empty());
    const Reading& first = guess->readings.front().reading;
    EXPECT_EQ(io::raw_encoding_name(first.format), GetParam());
    EXPECT_EQ(first.channels, channels);
    EXPECT_EQ(first.skip_bytes, 0U);
    EXPECT_FALSE(guess->rates.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Encodings, RawGuessOf,
                         testing::Values("u8", "s8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be",
                                         "f32le", "f32be", "f64le", "f64be"),
                         [](const auto& test) { return test.param; });

TEST(RawGuessing, BytesThatWereLostInFrontAreSkipped) {
  const test::TempDir folder;
  const std::string path = folder.file("sound.raw");
  test::write_bytes(path, bytes_of(tune(2), {.encoding = audio::PcmEncoding::s24}).substr(2));
  const auto guess = guess_raw(path);
  ASSERT_TRUE(guess);
  EXPECT_EQ(guess->readings.front().reading.format.encoding, audio::PcmEncoding::s24);
  EXPECT_EQ(guess->readings.front().reading.skip_bytes, 1U);
}

TEST(RawGuessing, NoiseIsNotClearlyAnything) {
  const test::TempDir folder;
  const std::string path = folder.file("noise.raw");
  test::write_bytes(path, bytes_of(test::noise(1, 100000, 1.0F), {.encoding = audio::PcmEncoding::s24}));
  const auto guess = guess_raw(path);
  ASSERT_TRUE(guess);
  EXPECT_FALSE(guess->clear());
}

TEST(RawGuessing, AHeaderIsSeen) {
  const test::TempDir folder;
  const std::string path = folder.file("sound.wav");
  test::write_audio_file(path, tune(1), kTuneRateHz);
  const auto guess = guess_raw(path);
  ASSERT_TRUE(guess);
  EXPECT_EQ(guess->container, "RIFF");
}

TEST(RawGuessing, AnEmptyFileIsRefused) {
  const test::TempDir folder;
  test::write_bytes(folder.file("empty.raw"), "");
  EXPECT_FALSE(guess_raw(folder.file("empty.raw")));
  EXPECT_FALSE(guess_raw(folder.file("missing.raw")));
}

}  // namespace
}  // namespace aapp::inspect
