#include "analyze/report/plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "analyze/report/page.h"
#include "analyze/report/plot_data.h"
#include "analyze/report/plot_svg.h"

namespace aapp::report {
namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

Plot simple_plot() {
  return {.id = "p",
          .title = "T",
          .summary = "S",
          .x = linear_axis("time, s", 0.0, 4.0),
          .y = linear_axis("level, dB", -10.0, 10.0),
          .series = {{.name = "a", .x = {0.0, 1.0, 2.0, 3.0, 4.0}, .y = {0.0, 10.0, kGap, -10.0, 0.0}}}};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

TEST(Axis, TicksStandAtRoundSteps) {
  const Axis axis = linear_axis("dB", -13.0, 21.0);
  ASSERT_EQ(axis.ticks.size(), 7U);
  EXPECT_EQ(axis.ticks.front().label, "-10");
  EXPECT_EQ(axis.ticks[2].label, "0");
  EXPECT_EQ(axis.ticks.back().label, "20");
}

TEST(Axis, FrequencyTicksAreOneTwoFive) {
  const Axis axis = frequency_axis(20.0, 20000.0);
  ASSERT_EQ(axis.ticks.size(), 10U);
  EXPECT_EQ(axis.ticks.front().label, "20");
  EXPECT_EQ(axis.ticks[5].label, "1k");
  EXPECT_EQ(axis.ticks.back().label, "20k");
}

TEST(Axis, GrowsRoundWhatIsFinite) {
  const Axis axis = axis_around("dB", {{.name = "a", .x = {1.0, 2.0, 3.0}, .y = {-3.2, kGap, 8.1}}}, 1.0);
  EXPECT_LE(axis.min, -3.2);
  EXPECT_GE(axis.max, 8.1);
  EXPECT_LT(axis.max - axis.min, 20.0);
  const Axis empty = axis_around("dB", {}, 6.0);
  EXPECT_LT(empty.min, empty.max);
}

TEST(PlotSvg, AGapLiftsThePen) {
  const std::string svg = plot_svg(simple_plot());
  const std::string path = svg.substr(svg.find("<path d=\""), 80);
  EXPECT_EQ(count(path.substr(0, path.find("\"/>")), "M"), 2U) << path;
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(PlotSvg, ExtremesOfTheAxesAreTheCornersOfTheFrame) {
  Plot plot = simple_plot();
  plot.series = {{.name = "diagonal", .x = {0.0, 4.0}, .y = {-10.0, 10.0}}};
  const std::string svg = plot_svg(plot);
  EXPECT_NE(svg.find("M56.0 276.0L708.0 12.0"), std::string::npos) << svg;
}

TEST(PlotSvg, NamesCannotBreakOutOfTheMarkup) {
  Plot plot = simple_plot();
  plot.title = "</title><script>alert(1)</script>";
  plot.series[0].name = "\"><img src=x>";
  const std::string page =
      format_page({.title = "t", .sections = {{.id = "s", .title = "s", .plots = {plot}}}});
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("</title><script>"), std::string::npos);
}

TEST(PlotData, CsvAndJsonHoldTheSamePointsAndNoNan) {
  const std::string csv = plot_csv(simple_plot());
  EXPECT_EQ(csv, "series,x,y\n\"a\",0,0\n\"a\",1,10\n\"a\",2,\n\"a\",3,-10\n\"a\",4,0\n");
  const std::string json = plot_json(simple_plot());
  EXPECT_NE(json.find("\"y\":[0,10,null,-10,0]"), std::string::npos) << json;
}

TEST(Page, RefersToNothingOutsideItself) {
  const std::string page = format_page(
      {.title = "t", .sections = {{.id = "s", .title = "s", .plots = {simple_plot()}}}, .footer = "f"});
  for (const char* outside :
       {"src=\"http", "href=\"http", "url(http", "@import", "fetch(", "XMLHttpRequest"}) {
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
}

}  // namespace
}  // namespace aapp::report
