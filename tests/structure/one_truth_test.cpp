// What must stand once in the project stands once: conversions of units, and main functions that only call.
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "tests/structure/includes.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp {
namespace {

// Comments may name formulas; code may not repeat them.
std::string code_of(const std::string& line) {
  return line.substr(0, line.find("//"));
}

enum class Look { at_code, at_everything };

// The lines of the project's sources that match, as file:line: text, but for those in `except`.
std::vector<std::string> matching_lines(const std::string& pattern, const std::string& except,
                                        Look look = Look::at_code) {
  const std::regex wanted(pattern);
  std::vector<std::string> found;
  for (const std::string& file : test::source_files(test::source_path(""))) {
    if (file == except) continue;
    std::ifstream in(test::source_path(file));
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      const std::string looked_at = look == Look::at_code ? code_of(line) : line;
      if (std::regex_search(looked_at, wanted))
        found.push_back(file + ":" + std::to_string(number) + ": " + line);
    }
  }
  return found;
}

void expect_none(const std::vector<std::string>& lines, const char* instead) {
  for (const std::string& line : lines) ADD_FAILURE() << line << "\n  use " << instead;
}

// Decibels: log10, or ten to the power of something divided by 10 or 20.
constexpr const char* kLevelPattern =
    R"(\blog10f?\s*\(|\bpowf?\s*\(\s*10(\.0?)?F?\s*,.*(/\s*[12]0\b|\*\s*0\.(05|1)\b))";
constexpr const char* kPolePattern = R"(\bexpf?\s*\(\s*-\s*1(\.0?|000(\.0)?)?\s*/)";
constexpr const char* kUnits = "common/base/units.h";

TEST(OneTruth, DecibelsAreConvertedInUnitsOnly) {
  expect_none(matching_lines(kLevelPattern, kUnits), "gain_to_db, power_to_db, db_to_gain or db_to_power");
}

TEST(OneTruth, TimeConstantsBecomePolesInUnitsOnly) {
  expect_none(matching_lines(kPolePattern, kUnits), "time_constant_to_pole");
}

TEST(OneTruth, PiIsWrittenOnce) {
  expect_none(matching_lines(R"(3\.14159|\bM_PI\b)", kUnits), "kPi");
}

TEST(OneTruth, ThePatternsFindWhatTheyLookFor) {
  const std::regex level(kLevelPattern);
  EXPECT_TRUE(std::regex_search("20.0 * std::log10(x)", level));
  EXPECT_TRUE(std::regex_search("std::pow(10.0, db / 20)", level));
  EXPECT_TRUE(std::regex_search("pow(10, 0.5 * db * 0.05)", level));
  EXPECT_FALSE(std::regex_search("std::pow(10.0, digits)", level));
  EXPECT_FALSE(std::regex_search("catalog(10)", level));
  const std::regex pole(kPolePattern);
  EXPECT_TRUE(std::regex_search("exp(-1.0 / (fs * tau))", pole));
  EXPECT_TRUE(std::regex_search("std::exp(-1000.0 / x)", pole));
  EXPECT_FALSE(std::regex_search("exp(-x * x)", pole));
  EXPECT_GT(matching_lines("namespace aapp", "").size(), 50u);
}

TEST(Mains, AreUnderThirtyLines) {
  for (const char* file : {"analyze/main.cpp", "play/main.cpp", "play/live/main.cpp"}) {
    const std::string text = test::read_bytes(test::source_path(file));
    EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 30) << file;
  }
}

TEST(Sources, HoldNoNotesToSelf) {
  expect_none(matching_lines(R"(\b(TODO|FIXME|XXX|HACK)\b)", "", Look::at_everything), "an issue or a fix");
}

}  // namespace
}  // namespace aapp
