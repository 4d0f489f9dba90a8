#include "common/rt/spsc_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

namespace aapp::rt {
namespace {

TEST(SpscQueue, HoldsItsCapacityAndThenRefuses) {
  SpscQueue<int> queue(4);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(queue.try_push(i));
  EXPECT_FALSE(queue.try_push(4));
  int item = -1;
  ASSERT_TRUE(queue.try_pop(item));
  EXPECT_EQ(item, 0);
  EXPECT_TRUE(queue.try_push(4));
  EXPECT_FALSE(queue.try_push(5));
}

TEST(SpscQueue, RoundsItsCapacityUpToAPowerOfTwo) {
  EXPECT_EQ(SpscQueue<int>(5).capacity(), 8U);
  EXPECT_EQ(SpscQueue<int>(8).capacity(), 8U);
  EXPECT_EQ(SpscQueue<int>(0).capacity(), 2U);
}

TEST(SpscQueue, AnEmptyQueueLeavesTheItemAlone) {
  SpscQueue<int> queue(2);
  int item = 7;
  EXPECT_FALSE(queue.try_pop(item));
  EXPECT_EQ(item, 7);
}

TEST(SpscQueue, TakesAllOfABlockOrNothing) {
  SpscQueue<float> queue(8);
  const std::array<float, 6> block{1, 2, 3, 4, 5, 6};
  EXPECT_TRUE(queue.try_push_all(block));
  EXPECT_FALSE(queue.try_push_all(std::span(block).first(3)));
  EXPECT_EQ(queue.size(), 6U);
  EXPECT_TRUE(queue.try_push_all(std::span(block).first(2)));
}

TEST(SpscQueue, BlocksComeOutInOrderAcrossTheWrap) {
  SpscQueue<int> queue(8);
  std::vector<int> got;
  int next = 0;
  std::array<int, 5> in{};
  std::array<int, 7> out{};
  while (got.size() < 200) {
    std::iota(in.begin(), in.end(), next);
    if (queue.try_push_all(in)) next += static_cast<int>(in.size());
    const std::size_t count = queue.pop_some(out);
    got.insert(got.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count));
  }
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], static_cast<int>(i));
}

TEST(SpscQueue, OwnsWhatItHolds) {
  auto item = std::make_shared<int>(1);
  {
    SpscQueue<std::shared_ptr<int>> queue(2);
    ASSERT_TRUE(queue.try_push(item));
    EXPECT_EQ(item.use_count(), 2);
  }
  EXPECT_EQ(item.use_count(), 1);
}

// Meant for the thread sanitiser too: nothing is lost, doubled, torn or reordered between two threads.
TEST(SpscQueue, TwoThreadsSeeEveryItemOnceInOrder) {
  struct Item {
    std::size_t number = 0;
    std::size_t twice = 0;
  };
  constexpr std::size_t kItems = 200'000;
  SpscQueue<Item> queue(64);
  std::thread pusher([&] {
    for (std::size_t i = 0; i < kItems;) {
      if (queue.try_push({i, 2 * i})) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < kItems;) {
    Item item;
    if (!queue.try_pop(item)) {
      std::this_thread::yield();
      continue;
    }
    if (item.number != i || item.twice != 2 * i) ++wrong;
    ++i;
  }
  pusher.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace aapp::rt
