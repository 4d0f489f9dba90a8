// `aapp-analyze curve` as users run it.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/run_program.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp {
namespace {

using Json = nlohmann::json;

// A curve like a headphone's, 20 Hz to 20 kHz.
std::string curve_text() {
  std::string text = "frequency_hz,target_db\n";
  for (int i = 0; i <= 120; ++i) {
    const double f_hz = 20.0 * std::pow(1000.0, i / 120.0);
    text += std::to_string(f_hz) + "," + std::to_string(4.0 * std::sin(i / 12.0) - 0.02 * i) + "\n";
  }
  return text;
}

class CurveVerb : public testing::Test {
 protected:
  CurveVerb() { test::write_bytes(folder_.file("target.csv"), curve_text()); }

  test::RunResult curve(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {test::program_path("aapp-analyze"), "curve"});
    return test::run_program(arguments, {.folder = folder_.path().string()});
  }

  test::TempDir folder_;
};

TEST_F(CurveVerb, WritesAPresetWithLevelBandsAndTheirUncertainty) {
  const auto run = curve({"target.csv", "-o", "eq.json", "--bands", "4"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json preset = Json::parse(test::read_bytes(folder_.file("eq.json")));
  EXPECT_EQ(preset["chain"][0]["effect"], "gain");
  EXPECT_EQ(preset["chain"][1]["effect"], "eq");
  EXPECT_EQ(preset["chain"][1]["params"]["bands"].size(), 4U);
  EXPECT_LT(preset["fit"]["metrics"]["after"]["20_to_10000_hz"]["rms_db"],
            preset["fit"]["metrics"]["before"]["20_to_10000_hz"]["rms_db"]);
  for (const auto& [pointer, estimate] : preset["fit"]["parameters"].items()) {
    const Json& value = preset.at(Json::json_pointer(pointer));
    EXPECT_EQ(value, estimate["value"]) << pointer;
    EXPECT_LE(estimate["ci95"][0], value) << pointer;
    EXPECT_GE(estimate["ci95"][1], value) << pointer;
  }
}

TEST_F(CurveVerb, WritesTheSameBytesForAnyNumberOfThreads) {
  ASSERT_EQ(curve({"target.csv", "-o", "one.json", "--bands", "3", "--threads", "1"}).exit_code, 0);
  ASSERT_EQ(curve({"target.csv", "-o", "two.json", "--bands", "3", "--threads", "2"}).exit_code, 0);
  EXPECT_EQ(test::read_bytes(folder_.file("one.json")), test::read_bytes(folder_.file("two.json")));
}

TEST_F(CurveVerb, PrintsTheAchievedCurveAsJson) {
  const auto run = curve({"target.csv", "-o", "eq.json", "--bands", "3", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json document = Json::parse(run.out);
  const Json& shown = document["curve"];
  ASSERT_EQ(shown["achieved_db"].size(), 400U);
  double sum = 0.0;
  for (std::size_t i = 0; i < 400; ++i) {
    const double e = shown["achieved_db"][i].get<double>() - shown["target_db"][i].get<double>();
    sum += e * e / 400.0;
  }
  EXPECT_NEAR(std::sqrt(sum), document["metrics"]["after"]["20_to_20000_hz"]["rms_db"].get<double>(), 0.1);
}

TEST_F(CurveVerb, ReadsStandardInput) {
  const auto run =
      test::run_program({test::program_path("aapp-analyze"), "curve", "-", "-o", "eq.json", "--bands", "2"},
                        {.input = curve_text(), .folder = folder_.path().string()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
}

TEST_F(CurveVerb, RefusesInOneSentenceAndWritesNothing) {
  test::write_bytes(folder_.file("bad.csv"), "20,1\n100,loud\n");
  const std::vector<std::pair<std::vector<std::string>, int>> mistakes{
      {{"bad.csv", "-o", "eq.json"}, 3},
      {{"missing.csv", "-o", "eq.json"}, 3},
      {{".", "-o", "eq.json"}, 3},
      {{"target.csv", "-o", "eq.json", "--bands", "0"}, 2},
      {{"target.csv", "-o", "eq.json", "--freq-range", "100"}, 2},
      {{"target.csv", "-o", "eq.json", "--min-q", "9"}, 2},
      {{"target.csv", "-o", "eq.json", "--column", "left"}, 2},
      {{"target.csv", "-o", "eq.json", "--types", "notch"}, 2},
      {{"target.csv", "-o", "nowhere/eq.json"}, 1}};
  for (const auto& [arguments, exit_code] : mistakes) {
    const auto run = curve(arguments);
    EXPECT_EQ(run.exit_code, exit_code) << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
  EXPECT_EQ(folder_.listing(), (std::vector<std::string>{"bad.csv", "target.csv"}));
}

TEST_F(CurveVerb, ReplacesAPresetOnlyWhenForced) {
  test::write_bytes(folder_.file("eq.json"), "mine");
  EXPECT_NE(curve({"target.csv", "-o", "eq.json", "--bands", "2"}).exit_code, 0);
  EXPECT_EQ(test::read_bytes(folder_.file("eq.json")), "mine");
  EXPECT_EQ(curve({"target.csv", "-o", "eq.json", "--bands", "2", "--force"}).exit_code, 0);
}

}  // namespace
}  // namespace aapp
