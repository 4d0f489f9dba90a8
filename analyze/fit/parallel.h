// Work shared over cores. Item i always does the same thing and writes only its own result, so what comes out
// does not depend on the number of threads or on who was faster.
//
// Loops may stand inside items of other loops. Threads are those of the outermost one: while every thread of
// it has an item, inner loops run on their caller's thread alone; threads that run out of items help there.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

namespace aapp::fit {

// 0 asks for one per core.
inline int thread_count(int wanted) {
  if (wanted > 0) return wanted;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// The threads that a loop has no items for; loops inside its items take them.
class SpareThreads {
 public:
  SpareThreads(SpareThreads* outer, int count) : outer_(outer), count_(count) {}

  // Whose thread was taken, to be put back there; nullptr: there is none.
  SpareThreads* take() {
    int left = count_.load();
    while (left > 0 && !count_.compare_exchange_weak(left, left - 1)) {
    }
    if (left > 0) return this;
    return outer_ == nullptr ? nullptr : outer_->take();
  }
  void put() { count_.fetch_add(1); }

  // Of the loop that this thread works for; nullptr outside of loops.
  static SpareThreads*& here() {
    static thread_local SpareThreads* spare = nullptr;
    return spare;
  }
  // As long as it lives, this thread works for that loop.
  class Scope {
   public:
    explicit Scope(SpareThreads& of) : before_(std::exchange(here(), &of)) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { here() = before_; }

   private:
    SpareThreads* before_;
  };

 private:
  SpareThreads* outer_;
  std::atomic<int> count_;
};

// Calls work(i) for i in [0, count), each once, on up to `threads` threads including the caller's; inside
// another loop, on the caller's and what that loop can spare. work must not throw.
template <class Work>
void parallel_for(std::size_t count, int threads, const Work& work) {
  SpareThreads* const outer = SpareThreads::here();
  SpareThreads spare(outer, outer == nullptr ? thread_count(threads) - 1 : 0);
  std::atomic<std::size_t> next{0};
  const auto drain = [&](const auto& before_each) {
    const SpareThreads::Scope scope(spare);
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      before_each();
      work(i);
    }
    spare.put();
  };
  std::vector<SpareThreads*> lenders;
  std::vector<std::jthread> helpers;
  drain([&] {
    while (next.load() < count && helpers.size() + 1 < count) {
      SpareThreads* const lender = spare.take();
      if (lender == nullptr) return;
      lenders.push_back(lender);
      helpers.emplace_back([&] { drain([] {}); });
    }
  });
  helpers.clear();
  for (SpareThreads* const lender : lenders) lender->put();
}

// On the threads of the loop around it; outside of loops on the caller's alone.
template <class Work>
void parallel_for(std::size_t count, const Work& work) {
  parallel_for(count, 1, work);
}

// Calls work() with so many threads for the loops inside.
template <class Work>
void with_threads(int threads, const Work& work) {
  parallel_for(1, threads, [&](std::size_t) { work(); });
}

}  // namespace aapp::fit
