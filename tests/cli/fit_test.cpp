// The verb fit as its users meet it: files in, a preset and a table out.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/corpus.h"
#include "tests/support/run_program.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testdata.h"

namespace aapp {
namespace {

test::RunResult fit(std::vector<std::string> words) {
  words.insert(words.begin(), {test::program_path("aapp-analyze"), "fit"});
  return test::run_program(words);
}

nlohmann::json preset_of(const std::string& path) {
  return nlohmann::json::parse(test::read_bytes(path));
}

TEST(FitVerb, WritesTheSamePresetOnEveryRunAndSaysWhatItWasMadeOf) {
  const test::TempDir folder;
  const std::string reference = test::testdata("noise_16bit_mono.wav");
  const std::string source = test::testdata("noise_16bit_stereo.wav");
  for (const char* name : {"one.json", "two.json"}) {
    const auto run = fit({reference, "--source", source, "-o", folder.file(name), "--bands", "2"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }
  auto one = preset_of(folder.file("one.json"));
  auto two = preset_of(folder.file("two.json"));
  EXPECT_EQ(one["name"], "one");
  one.erase("name"), two.erase("name");
  EXPECT_EQ(one, two);
  EXPECT_EQ(one["provenance"]["reference"]["file"], "noise_16bit_mono.wav");
  EXPECT_EQ(one["provenance"]["source"]["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(one["fit"]["mode"], "unpaired");
}

TEST(FitVerb, AnExistingPresetIsReplacedOnlyWhenForced) {
  const test::TempDir folder;
  const std::string reference = test::testdata("noise_16bit_mono.wav");
  test::write_bytes(folder.file("p.json"), "mine");
  const std::vector<std::string> words{reference, "--profile", "pink", "-o", folder.file("p.json"),
                                       "--bands", "2"};
  EXPECT_NE(fit(words).exit_code, 0);
  EXPECT_EQ(test::read_bytes(folder.file("p.json")), "mine");
  std::vector<std::string> forced = words;
  forced.emplace_back("--force");
  EXPECT_EQ(fit(forced).exit_code, 0);
  EXPECT_EQ(preset_of(folder.file("p.json"))["format"], "aapp-preset");
}

TEST(FitVerb, MistakesAreUsageErrorsAndLeaveNothingBehind) {
  const test::TempDir folder;
  const std::string reference = test::testdata("noise_16bit_mono.wav");
  const std::vector<std::vector<std::string>> mistakes{{"--source", reference, "--profile", "speech"},
                                                       {"--bands", "99"},
                                                       {"--only", "colour"},
                                                       {"--freq-range", "9:1"},
                                                       {"--amount", "150"},
                                                       {"--profile", "theremin"},
                                                       {"--order", "backwards"}};
  for (std::vector<std::string> words : mistakes) {
    words.insert(words.begin(), {reference, "-o", folder.file("p.json")});
    const auto run = fit(words);
    EXPECT_EQ(run.exit_code, 2) << words.back() << ": " << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
  EXPECT_FALSE(std::filesystem::exists(folder.file("p.json")));
}

// Clips from all over the corpus, as reference alone and as the reference of the next one, with few bands to
// keep it short. AAPP_EVERY_CLIP=1 takes all of them, which is a matter of minutes.
TEST(FitVerb, BringsClipsNearerInEveryUnpairedMode) {
  AAPP_REQUIRE_CORPUS();
  const std::size_t stride = std::getenv("AAPP_EVERY_CLIP") != nullptr ? 1 : 15;
  const test::TempDir folder;
  const std::vector<std::string> clips = test::corpus_files();
  for (std::size_t i = 0; i < clips.size(); i += stride) {
    const std::string& other = clips[(i + 1) % clips.size()];
    const std::array<std::vector<std::string>, 2> modes{std::vector<std::string>{},
                                                        std::vector<std::string>{"--source", other}};
    for (std::vector<std::string> words : modes) {
      words.insert(words.begin(), {clips[i], "-o", folder.file("p.json"), "--bands", "4", "--force"});
      const auto run = fit(words);
      ASSERT_EQ(run.exit_code, 0) << clips[i] << ": " << run.err;
      const auto metrics = preset_of(folder.file("p.json"))["fit"]["metrics"];
      const auto value = [&](const char* when) { return metrics[when]["ltas_rms_db"].get<double>(); };
      EXPECT_LT(value("after"), value("before")) << clips[i] << " " << words.size();
      EXPECT_NEAR(metrics["after"]["loudness_lu"].get<double>(), 0.0, 0.05) << clips[i];
    }
  }
}

}  // namespace
}  // namespace aapp
