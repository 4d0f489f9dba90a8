// The verb inspect as scripts use it; and its word taken for what it says: the command that repairs a finding
// does repair it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/analyze/inspect/awkward_files.h"
#include "tests/support/run_program.h"
#include "tests/support/source_tree.h"
#include "tests/support/testdata.h"

namespace aapp {
namespace {

using inspect::AwkwardFile;
using Json = nlohmann::json;

test::RunResult run_inspect(std::vector<std::string> words, const std::string& input = "") {
  words.insert(words.begin(), {test::program_path("aapp-analyze"), "inspect"});
  return test::run_program(words, {.input = input});
}

Json findings_of(const std::string& path, const std::string& raw = "") {
  std::vector<std::string> words{"--json", path};
  if (!raw.empty()) words.insert(words.end(), {"--raw", raw});
  const test::RunResult result = run_inspect(words);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return Json::parse(result.out)["files"][0]["findings"];
}

std::set<std::string> faults(const Json& findings) {
  std::set<std::string> kinds;
  for (const Json& finding : findings) {
    if (finding["severity"] == "fault") kinds.insert(finding["kind"].get<std::string>());
  }
  return kinds;
}

TEST(InspectVerb, SaysNothingAgainstACleanFileAndTrustsItInAPipe) {
  const test::TempDir folder;
  const std::string path = folder.file("clean.wav");
  test::write_audio_file(path, inspect::tune(2), inspect::kTuneRateHz, "pcm_24");
  const auto result = run_inspect({path, "--strict"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_NE(result.out.find("nothing found"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("4.000 s x 44100 Hz x 2 channels x 3 bytes = 1058400 bytes"), std::string::npos)
      << result.out;
  const auto piped = run_inspect({"-", "--strict"}, test::read_bytes(path));
  EXPECT_EQ(piped.exit_code, 0) << piped.out << piped.err;
}

TEST(InspectVerb, OnlyStrictMakesAFaultAFailure) {
  const std::string path = test::testdata("nan_and_inf.wav");
  EXPECT_EQ(run_inspect({path}).exit_code, 0);
  const auto strict = run_inspect({path, "--strict"});
  EXPECT_EQ(strict.exit_code, 3);
  EXPECT_EQ(strict.err, "aapp-analyze: 1 of 1 files is not what it claims to be; see the faults\n");
}

TEST(InspectVerb, AMissingFileIsAnErrorAndDoesNotStopTheOthers) {
  EXPECT_EQ(run_inspect({"/nowhere.wav"}).exit_code, 3);
  const auto both = run_inspect({"/nowhere.wav", test::testdata("noise_16bit_mono.wav")});
  EXPECT_EQ(both.exit_code, 7);
  EXPECT_NE(both.out.find("noise_16bit_mono.wav"), std::string::npos);
}

TEST(InspectVerb, GuessesWhatHeaderlessBytesAre) {
  const test::TempDir folder;
  test::write_bytes(folder.file("call.raw"),
                    inspect::bytes_of(inspect::tune(2), {.encoding = audio::PcmEncoding::s24}));
  const auto result = run_inspect({folder.file("call.raw"), "--raw", "guess"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("  s24le 2 channels,"), std::string::npos) << result.out;
  EXPECT_LT(result.out.find("  s24le 2 channels,"), result.out.find("s24le 1 channel,")) << result.out;
}

class Repair : public testing::TestWithParam<AwkwardFile> {};

TEST_P(Repair, RemovesTheFault) {
  for (const char* program : {"sox", "ffmpeg"}) {
    if (!test::has_program(program)) GTEST_SKIP() << program << " is not installed";
  }
  const test::TempDir folder;
  // A name that a shell would take apart.
  const std::string name = "it's " + GetParam().name;
  GetParam().write(folder.file(name));
  const Json found = findings_of(folder.file(name), GetParam().raw);
  const std::set<std::string> before = faults(found);
  ASSERT_FALSE(before.empty());
  const std::string command = found[0]["repair"];
  const std::string path = AAPP_PROGRAM_DIR + std::string(":") + std::getenv("PATH");
  const auto repaired = test::run_program({"sh", "-c", command}, {.environment = {{"PATH", path}}});
  ASSERT_EQ(repaired.exit_code, 0) << command << "\n" << repaired.err;
  const std::string fixed = folder.file(std::filesystem::path(name).stem().string() + "-fixed.wav");
  const std::set<std::string> after = faults(findings_of(fixed));
  for (const std::string& kind : before) EXPECT_FALSE(after.contains(kind)) << kind << " after " << command;
}

// All that can be repaired: not silence, not text.
std::vector<AwkwardFile> repairable() {
  static const std::set<std::string> kNames{"truncated.wav",
                                            "length_never_written.wav",
                                            "a_byte_too_many.wav",
                                            "bytes_per_second_of_another_rate.wav",
                                            "odd_number_of_bytes.raw",
                                            "big_endian_as_little.wav",
                                            "stereo_float_as_16_bit.wav",
                                            "16_bit_as_float.wav",
                                            "24_bit_as_16.wav",
                                            "mono_as_stereo.wav",
                                            "stereo_as_mono_24.wav",
                                            "a_byte_lost_at_the_start.raw",
                                            "a_byte_lost_within.wav",
                                            "nan_run.wav",
                                            "over_full_scale.wav",
                                            "clipped.wav",
                                            "dc_offset.wav",
                                            "nearly_silent.wav",
                                            "a_dead_channel.wav",
                                            "the_same_twice.wav",
                                            "inverted.wav",
                                            "a_sample_lost_swaps_left_and_right.wav",
                                            "bass_channel_last.wav",
                                            "upsampled_from_22050.wav",
                                            "16_bit_padded_to_24.wav",
                                            "8_bit_padded_to_16.wav"};
  std::vector<AwkwardFile> files;
  for (AwkwardFile& file : inspect::awkward_files()) {
    if (kNames.contains(file.name)) files.push_back(std::move(file));
  }
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, Repair, testing::ValuesIn(repairable()), [](const auto& test) {
  std::string name = test.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

}  // namespace
}  // namespace aapp
