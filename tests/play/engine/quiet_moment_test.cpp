#include "play/engine/quiet_moment.h"

#include <gtest/gtest.h>

namespace aapp::play {
namespace {

TEST(QuietMoment, IsTheNextThreeQuartersOfAPeriod) {
  EXPECT_EQ(quiet_moment_ns(5'000, 1'000, 400), 5'300);
  EXPECT_EQ(quiet_moment_ns(5'299, 1'000, 400), 5'300);
  EXPECT_EQ(quiet_moment_ns(5'300, 1'000, 400), 5'300);
  EXPECT_EQ(quiet_moment_ns(5'301, 1'000, 400), 5'700);
}

TEST(QuietMoment, HoldsForCallbacksThatAreYetToCome) {
  EXPECT_EQ(quiet_moment_ns(1'000, 5'000, 400), 1'300);
  EXPECT_EQ(quiet_moment_ns(1'300, 5'000, 400), 1'300);
}

TEST(QuietMoment, IsAtOnceWhereNothingPlays) {
  EXPECT_EQ(quiet_moment_ns(5'000, 0, 400), 5'000);
  EXPECT_EQ(quiet_moment_ns(5'000, 1'000, 0), 5'000);
}

}  // namespace
}  // namespace aapp::play
