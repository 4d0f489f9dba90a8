#include "common/cli/progress.h"

#include <gtest/gtest.h>

namespace aapp::cli {
namespace {

TEST(ProgressLine, ShowsShareRateAndTimeLeft) {
  const ProgressText text{.label = "render", .total = 200.0};
  EXPECT_EQ(progress_line(text, 50.0, 2.0), "render  25 %  25.0x real time  0:06 left");
  EXPECT_EQ(progress_line(text, 0.1, 100.0), "render  0 %  0.0x real time  55:31:40 left");
  EXPECT_EQ(progress_line(text, 200.0, 8.0), "render  100 %  25.0x real time  0:00 left");
}

TEST(ProgressLine, NeverClaimsToBeDoneBeforeTheEnd) {
  EXPECT_EQ(progress_line({.label = "x", .total = 1000.0}, 999.9, 1.0).substr(0, 7), "x  99 %");
}

TEST(ProgressLine, HasNoTimeLeftWhileNothingIsDone) {
  EXPECT_EQ(progress_line({.label = "fit", .total = 4.0, .unit = ProgressUnit::items}, 0.0, 1.0),
            "fit  0 %  0.0/s");
}

TEST(ProgressLine, MoreWorkThanAnnouncedStaysAtHundred) {
  EXPECT_EQ(progress_line({.label = "render", .total = 10.0}, 20.0, 1.0),
            "render  100 %  20.0x real time  0:00 left");
}

TEST(ProgressLine, WithoutATotalShowsTheAmount) {
  EXPECT_EQ(progress_line({.label = "record"}, 83.0, 83.0), "record  83.0 s  1.0x real time");
  EXPECT_EQ(progress_line({.label = "jobs", .unit = ProgressUnit::items}, 3.0, 2.0), "jobs  3  1.5/s");
}

// The tests' stderr is a pipe or a file here and in CI; a terminal is not needed to see that nothing is
// drawn.
TEST(Progress, QuietDrawsNothing) {
  testing::internal::CaptureStderr();
  {
    Progress progress({.label = "render", .total = 1.0}, {.quiet = true});
    progress.update(0.5);
    progress.advance(0.5);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace aapp::cli
