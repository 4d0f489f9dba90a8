// `aapp-analyze measure` and `compare` as users run them.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/run_program.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp {
namespace {

using Json = nlohmann::json;
using test::RunResult;

// 16-bit mono at 16 kHz: a tone of the given amplitude with a swell.
std::string tone_bytes(double seconds, double amplitude, double frequency_hz = 1000.0) {
  std::string bytes;
  for (int i = 0; i < static_cast<int>(seconds * 16000.0); ++i) {
    const double t = i / 16000.0;
    const double x = amplitude * (0.6 + 0.4 * std::sin(9.0 * t)) * std::sin(6.283185 * frequency_hz * t);
    const auto value = static_cast<std::int16_t>(std::lround(32767.0 * x));
    bytes += static_cast<char>(value & 0xff);
    bytes += static_cast<char>(value >> 8);
  }
  return bytes;
}

std::string little_endian(std::uint32_t value, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

std::string wav_of(const std::string& samples) {
  return "RIFF" + little_endian(static_cast<std::uint32_t>(samples.size() + 36), 4) + "WAVEfmt " +
         little_endian(16, 4) + little_endian(1, 2) + little_endian(1, 2) + little_endian(16000, 4) +
         little_endian(32000, 4) + little_endian(2, 2) + little_endian(16, 2) + "data" +
         little_endian(static_cast<std::uint32_t>(samples.size()), 4) + samples;
}

class AnalyzeVerbs : public testing::Test {
 protected:
  AnalyzeVerbs() {
    test::write_bytes(folder_.file("tone.wav"), wav_of(tone_bytes(4.0, 0.5)));
    test::write_bytes(folder_.file("soft.wav"), wav_of(tone_bytes(4.0, 0.25)));
    test::write_bytes(folder_.file("other.wav"), wav_of(tone_bytes(2.0, 0.5, 300.0)));
    test::write_bytes(folder_.file("silent.wav"), wav_of(std::string(32000, '\0')));
    test::write_bytes(folder_.file("one.wav"), wav_of(tone_bytes(1.0, 0.5).substr(100, 2)));
    test::write_bytes(folder_.file("text.wav"), "not audio at all, but long enough to be looked at");
  }
  RunResult run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), test::program_path("aapp-analyze"));
    return test::run_program(arguments, {.input = input, .environment = {}, .folder = folder_.path()});
  }
  test::TempDir folder_;
};

TEST_F(AnalyzeVerbs, MeasurePrintsUnitsAndAPicture) {
  const RunResult result = run({"measure", "tone.wav"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  for (const char* part :
       {"tone.wav", "16 kHz, 1 channel, 4.00 s", "dBFS", "LUFS", "centroid 1000 Hz", "█"}) {
    EXPECT_NE(result.out.find(part), std::string::npos) << part << " in\n" << result.out;
  }
}

TEST_F(AnalyzeVerbs, MeasureGivesOneDocumentForSeveralFiles) {
  const RunResult result = run({"measure", "--json", "tone.wav", "soft.wav"});
  ASSERT_EQ(result.exit_code, 0);
  const Json json = Json::parse(result.out);
  ASSERT_EQ(json["recordings"].size(), 2U);
  const double loud = json["recordings"][0]["loudness"]["integrated_lufs"];
  const double soft = json["recordings"][1]["loudness"]["integrated_lufs"];
  EXPECT_NEAR(loud - soft, 6.02, 0.02);
}

TEST_F(AnalyzeVerbs, MeasureReadsHeaderlessSoundFromAPipe) {
  const std::string samples = tone_bytes(4.0, 0.5);
  const RunResult piped = run({"measure", "--json", "-", "--raw", "s16le:16000:1"}, samples);
  ASSERT_EQ(piped.exit_code, 0) << piped.err;
  Json from_pipe = Json::parse(piped.out)["recordings"][0];
  Json from_file = Json::parse(run({"measure", "--json", "tone.wav"}).out)["recordings"][0];
  from_pipe.erase("file");
  from_file.erase("file");
  EXPECT_EQ(from_pipe, from_file);
}

TEST_F(AnalyzeVerbs, MeasureOfOneBadFileSaysWhyAndEndsWith3) {
  const RunResult result = run({"measure", "gone.wav"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err.find("aapp-analyze: gone.wav"), 0U) << result.err;
}

TEST_F(AnalyzeVerbs, MeasureGoesOnAfterABadFileAndEndsWith7) {
  const RunResult result = run({"measure", "--json", "gone.wav", "tone.wav", "text.wav"});
  EXPECT_EQ(result.exit_code, 7);
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["recordings"].size(), 1U);
  ASSERT_EQ(json["errors"].size(), 2U);
  EXPECT_EQ(json["errors"][1]["file"], "text.wav");
  EXPECT_NE(result.err.find("2 of 3 files could not be measured"), std::string::npos) << result.err;
}

TEST_F(AnalyzeVerbs, MeasureOfSilenceAndOfOneFrameIsHonest) {
  const RunResult text = run({"measure", "silent.wav", "one.wav"});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_NE(text.out.find("silent: every sample is 0"), std::string::npos);
  EXPECT_NE(text.out.find("too short for a spectrum"), std::string::npos) << text.out;
  const Json json = Json::parse(run({"measure", "--json", "silent.wav"}).out)["recordings"][0];
  EXPECT_TRUE(json["level"]["rms_db"].is_null());
  EXPECT_TRUE(json["loudness"]["integrated_lufs"].is_null());
}

TEST_F(AnalyzeVerbs, MeasureRefusesARawFormatThatDoesNotExist) {
  const RunResult result = run({"measure", "-", "--raw", "s12:16000:1"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("s12"), std::string::npos);
}

TEST_F(AnalyzeVerbs, CompareOfAFileWithItselfIsZeroThroughout) {
  const Json json = Json::parse(run({"compare", "--json", "tone.wav", "tone.wav"}).out);
  for (const auto& [name, value] : json["distance"].items())
    EXPECT_NEAR(value.get<double>(), 0.0, 1e-9) << name;
  EXPECT_EQ(json["aligned"]["lag_frames"], 0);
  EXPECT_LT(json["aligned"]["esr_db"].get<double>(), -250.0);
}

TEST_F(AnalyzeVerbs, CompareIsTheRecordingMinusTheReference) {
  const Json json = Json::parse(run({"compare", "--json", "soft.wav", "tone.wav"}).out);
  EXPECT_NEAR(json["distance"]["loudness_lu"].get<double>(), -6.02, 0.02);
  EXPECT_NEAR(json["aligned"]["level_db"].get<double>(), 6.02, 0.01);
}

TEST_F(AnalyzeVerbs, CompareOfDifferentLengthsSaysWhyItDoesNotAlign) {
  const RunResult result = run({"compare", "other.wav", "tone.wav"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out.find("not compared in time: the lengths differ by 2.00 s"), std::string::npos)
      << result.out;
}

TEST_F(AnalyzeVerbs, CompareOfAPipeMeasuresItButDoesNotAlign) {
  const RunResult result = run({"compare", "--json", "-", "tone.wav"}, wav_of(tone_bytes(4.0, 0.5)));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_NEAR(json["distance"]["ltas_rms_db"].get<double>(), 0.0, 1e-9);
  EXPECT_EQ(json["not_aligned_because"], "a pipe can be read only once");
}

TEST_F(AnalyzeVerbs, CompareWithAMissingFileEndsWith3) {
  EXPECT_EQ(run({"compare", "tone.wav", "gone.wav"}).exit_code, 3);
  EXPECT_EQ(run({"compare", "tone.wav"}).exit_code, 2);
}

}  // namespace
}  // namespace aapp
