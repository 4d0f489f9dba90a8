#include "analyze/fit/parallel.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace aapp::fit {
namespace {

using namespace std::chrono_literals;

// How many threads are at work at once, at most.
class Crowd {
 public:
  void enter() {
    const int now = inside_.fetch_add(1) + 1;
    int most = most_.load();
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
  }
  void leave() { inside_.fetch_sub(1); }
  int most() const { return most_.load(); }

 private:
  std::atomic<int> inside_{0}, most_{0};
};

TEST(ParallelFor, DoesEveryItemOnceOnAnyNumberOfThreads) {
  for (const int threads : {1, 2, 3, 16}) {
    std::vector<std::atomic<int>> outer(7), inner(77);
    parallel_for(outer.size(), threads, [&](std::size_t i) {
      outer[i].fetch_add(1);
      parallel_for(11, threads, [&](std::size_t k) { inner[11 * i + k].fetch_add(1); });
    });
    for (const auto& count : outer) EXPECT_EQ(count.load(), 1) << threads;
    for (const auto& count : inner) EXPECT_EQ(count.load(), 1) << threads;
  }
}

TEST(ParallelFor, LoopsInsideUseNoMoreThreadsThanTheOutermost) {
  for (const int threads : {1, 2, 3}) {
    Crowd crowd;
    parallel_for(3, threads, [&](std::size_t) {
      parallel_for(4, 8, [&](std::size_t) {
        crowd.enter();
        std::this_thread::sleep_for(1ms);
        crowd.leave();
      });
    });
    EXPECT_LE(crowd.most(), threads);
  }
}

TEST(ParallelFor, ThreadsWithoutItemsHelpTheLoopsInside) {
  // The first item is done at once; the second one's loops then have both threads. Two items that wait for
  // each other can only be done by two.
  std::atomic<bool> done{false};
  parallel_for(2, 2, [&](std::size_t i) {
    if (i == 0) return;
    for (int attempt = 0; attempt < 1000 && !done; ++attempt) {
      std::atomic<int> met{0};
      parallel_for(2, [&](std::size_t) {
        met.fetch_add(1);
        for (int wait = 0; wait < 20 && met.load() < 2; ++wait) std::this_thread::sleep_for(1ms);
        if (met.load() == 2) done = true;
      });
    }
  });
  EXPECT_TRUE(done);
}

TEST(ParallelFor, WithThreadsGivesThemToTheLoopsInside) {
  std::atomic<int> met{0};
  with_threads(2, [&] {
    parallel_for(2, [&](std::size_t) {
      met.fetch_add(1);
      for (int wait = 0; wait < 5000 && met.load() < 2; ++wait) std::this_thread::sleep_for(1ms);
    });
  });
  EXPECT_EQ(met.load(), 2);
}

TEST(ParallelFor, LoopsOnTheirOwnRunOnTheCallersThread) {
  std::set<std::thread::id> seen;
  parallel_for(5, [&](std::size_t) { seen.insert(std::this_thread::get_id()); });
  EXPECT_EQ(seen, std::set{std::this_thread::get_id()});
}

}  // namespace
}  // namespace aapp::fit
