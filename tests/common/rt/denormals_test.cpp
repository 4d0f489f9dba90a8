#include "common/rt/denormals.h"

#include <gtest/gtest.h>

#include <limits>

namespace aapp::rt {
namespace {

#if defined(__SSE2__) || defined(__aarch64__)

// Through volatile, so that the processor and not the compiler does the sum.
double half_of_the_smallest() {
  volatile double smallest = std::numeric_limits<double>::min();
  return smallest * 0.5;
}

TEST(FlushDenormals, makes_results_and_operands_zero_while_it_lives) {
  volatile double denormal = std::numeric_limits<double>::denorm_min();
  ASSERT_NE(half_of_the_smallest(), 0.0);
  ASSERT_NE(denormal * 1e300, 0.0);
  {
    const FlushDenormals flush;
    EXPECT_EQ(half_of_the_smallest(), 0.0);
    EXPECT_EQ(denormal * 1e300, 0.0);
    {
      const FlushDenormals nested;
      EXPECT_EQ(half_of_the_smallest(), 0.0);
    }
    EXPECT_EQ(half_of_the_smallest(), 0.0);
  }
  EXPECT_NE(half_of_the_smallest(), 0.0);
}

#endif

}  // namespace
}  // namespace aapp::rt
