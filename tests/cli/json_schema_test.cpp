// What --json prints is what the schemas in docs/ promise.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/json_schema.h"
#include "tests/support/run_program.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> kNone;

TEST(JsonSchemas, OfACurveHoldsWhetherTheCurveReaches20kHzOrNot) {
  for (const double high_hz : {20000.0, 5000.0}) {
    std::string curve;
    for (int i = 0; i <= 60; ++i) {
      const double f_hz = 20.0 * std::pow(high_hz / 20.0, i / 60.0);
      curve += std::to_string(f_hz) + " " + std::to_string(3.0 * std::sin(i / 7.0)) + "\n";
    }
    const test::TempDir folder;
    const auto run = test::run_program(
        {test::program_path("aapp-analyze"), "curve", "-", "-o", "eq.json", "--json", "--max-error-db", "2"},
        {.input = curve, .environment = {}, .folder = folder.path()});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(test::schema_of_docs("curve.schema.json").faults(Json::parse(run.out)), kNone);
  }
}

TEST(JsonSchemas, OfMeasureAndCompareHold) {
  const test::TempDir folder;
  std::string samples;
  for (int i = 0; i < 16000; ++i) {
    const auto value = static_cast<int>(std::lround(9000.0 * std::sin(0.3 * i) * std::sin(0.001 * i)));
    samples += static_cast<char>(value & 0xff);
    samples += static_cast<char>((value >> 8) & 0xff);
  }
  const auto measured = test::run_program(
      {test::program_path("aapp-analyze"), "measure", "-", "--raw", "s16le:16000:1", "--json"},
      {.input = samples, .environment = {}, .folder = folder.path()});
  ASSERT_EQ(measured.exit_code, 0) << measured.err;
  EXPECT_EQ(test::schema_of_docs("measure.schema.json").faults(Json::parse(measured.out)), kNone);

  const auto converted = test::run_program(
      {test::program_path("aapp-play"), "convert", "-", "tone.wav", "--raw", "s16le:16000:1"},
      {.input = samples, .environment = {}, .folder = folder.path()});
  ASSERT_EQ(converted.exit_code, 0) << converted.err;
  const auto compared =
      test::run_program({test::program_path("aapp-analyze"), "compare", "tone.wav", "tone.wav", "--json"},
                        {.input = "", .environment = {}, .folder = folder.path()});
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_EQ(test::schema_of_docs("compare.schema.json").faults(Json::parse(compared.out)), kNone);
}

}  // namespace
}  // namespace aapp
