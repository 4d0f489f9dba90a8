#include "common/rt/latest.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace aapp::rt {
namespace {

TEST(Latest, NothingIsThereBeforeTheFirstWrite) {
  Latest<int> latest;
  int value = 5;
  EXPECT_FALSE(latest.read(value));
  EXPECT_EQ(value, 5);
}

TEST(Latest, GivesTheNewestValueAndGivesItOnce) {
  Latest<int> latest;
  latest.write(1);
  latest.write(2);
  latest.write(3);
  int value = 0;
  ASSERT_TRUE(latest.read(value));
  EXPECT_EQ(value, 3);
  EXPECT_FALSE(latest.read(value));
}

TEST(Latest, TellsTheWriterWhetherTheValueBeforeWasTaken) {
  Latest<int> latest;
  int value = 0;
  EXPECT_EQ(latest.write(1), Previous::taken);  // there was none to lose
  EXPECT_EQ(latest.write(2), Previous::overwritten);
  ASSERT_TRUE(latest.read(value));
  EXPECT_EQ(latest.write(3), Previous::taken);
}

// A value is torn when its parts disagree; time runs backwards when an older value comes after a newer one.
TEST(Latest, TwoThreadsNeverSeeATornValueOrAnOlderOne) {
  struct Value {
    std::array<std::size_t, 16> parts{};
  };
  constexpr std::size_t kWrites = 200'000;
  Latest<Value> latest;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    Value value;
    for (std::size_t i = 1; i <= kWrites; ++i) {
      value.parts.fill(i);
      latest.write(value);
    }
    done.store(true);
  });
  std::size_t torn = 0, backwards = 0, last = 0;
  for (bool finished = false; !finished;) {
    finished = done.load();
    Value value;
    if (!latest.read(value)) continue;
    for (const std::size_t part : value.parts) torn += part != value.parts[0] ? 1U : 0U;
    backwards += value.parts[0] <= last ? 1U : 0U;
    last = value.parts[0];
  }
  writer.join();
  EXPECT_EQ(torn, 0U);
  EXPECT_EQ(backwards, 0U);
  EXPECT_EQ(last, kWrites);
}

}  // namespace
}  // namespace aapp::rt
