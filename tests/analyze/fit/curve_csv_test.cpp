#include "analyze/fit/curve_csv.h"

#include <gtest/gtest.h>

namespace aapp::fit {
namespace {

Result<Curve> parse(std::string_view text, const std::string& column = "") {
  return parse_curve(text, "curve.csv", {.column = column});
}

void expect_points(std::string_view text, const std::vector<double>& f_hz, const std::vector<double>& gain_db,
                   const std::string& column = "") {
  const auto curve = parse(text, column);
  ASSERT_TRUE(curve) << curve.error().message;
  EXPECT_EQ(curve->target.frequency_hz, f_hz);
  EXPECT_EQ(curve->target.gain_db, gain_db);
}

void expect_refused(std::string_view text, const std::string& words) {
  const auto curve = parse(text);
  ASSERT_FALSE(curve) << text;
  EXPECT_EQ(curve.error().code, ErrorCode::unreadable);
  EXPECT_NE(curve.error().message.find(words), std::string::npos) << curve.error().message;
}

TEST(CurveCsv, ReadsEverySeparatorWithAndWithoutAHeader) {
  for (const char* text : {"20,1.5\n100,-2\n", "20;1.5\n100;-2", "20\t1.5\r\n100\t-2\r\n",
                           "  20   1.5\n100 -2\n", "frequency,gain\n20,1.5\n100,-2\n",
                           "Freq (Hz);dB\n20;1,5\n100;-2\n", "# note\n* REW\n\n20 , +1.5\n100 , -2\n",
                           "\xEF\xBB\xBF"
                           "20,1.5\n100,-2\n"}) {
    expect_points(text, {20.0, 100.0}, {1.5, -2.0});
  }
}

TEST(CurveCsv, ReadsExportsOfOtherPrograms) {
  expect_points("GraphicEQ: 20 -1.2; 21 -1.1; 100 2", {20.0, 21.0, 100.0}, {-1.2, -1.1, 2.0});
  expect_points("* Freq(Hz) SPL(dB) Phase(degrees)\n20.0 75.1 -10\n40.0 76.5 5\n", {20.0, 40.0},
                {75.1, 76.5});
  expect_points("frequency,raw,smoothed,error,equalization,target\n20,9,9,9,1.0,9\n30,9,9,9,2.0,9\n",
                {20.0, 30.0}, {1.0, 2.0});
  expect_points("frequency_hz,graphic_eq_db,target_db\n20,9,1\n30,9,2\n", {20.0, 30.0}, {1.0, 2.0});
}

TEST(CurveCsv, TakesTheColumnThatIsAskedFor) {
  expect_points("frequency_hz,graphic_eq_db,target_db\n20,7,1\n30,8,2\n", {20.0, 30.0}, {7.0, 8.0},
                "graphic_eq_db");
  expect_points("20,7,1\n30,8,2\n", {20.0, 30.0}, {1.0, 2.0}, "3");
  const auto missing = parse("f,a,b\n20,1,2\n30,1,2\n", "c");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::usage);
  EXPECT_NE(missing.error().message.find("f, a, b"), std::string::npos) << missing.error().message;
}

TEST(CurveCsv, SortsPointsAndDropsRepeatedOnesAndSaysSo) {
  const auto curve = parse("100,2\n20,1\n100,2\n");
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->target.frequency_hz, (std::vector<double>{20.0, 100.0}));
  EXPECT_EQ(curve->notes.size(), 2U);
}

TEST(CurveCsv, RefusesInOneSentenceWithTheLine) {
  expect_refused("", "0 point");
  expect_refused("20,1\n", "1 point");
  expect_refused("20,1\n100,2\n100,3\n", "curve.csv:3: 100 Hz");
  expect_refused("20,1\n100,nan\n", "curve.csv:2:");
  expect_refused("20,1\n100,inf\n", "curve.csv:2:");
  expect_refused("20,1\n100,loud\n", "curve.csv:2: the gain 'loud'");
  expect_refused("20,1\nlow,2\n", "curve.csv:2: the frequency 'low'");
  expect_refused("20,1\n-100,2\n", "must be above 0");
  expect_refused("0,1\n100,2\n", "must be above 0");
  expect_refused("20,1\n100\n", "column");
  expect_refused("20,1\n100,1e30\n", "-200 to 200");
  expect_refused("GraphicEQ: 20 -1; 21", "'21'");
  expect_refused(std::string_view("\0\0\0\0", 4), "curve.csv");
}

TEST(CurveCsv, ReadsAMillionPoints) {
  std::string text;
  for (int i = 1; i <= 1000000; ++i) text += std::to_string(i) + ",0.5\n";
  const auto curve = parse(text);
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->target.frequency_hz.size(), 1000000U);
}

}  // namespace
}  // namespace aapp::fit
