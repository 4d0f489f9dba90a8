// Work shared over cores. Item i always does the same thing and writes only its own result, so what comes out
// does not depend on the number of threads or on who was faster.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace aapp::fit {

// 0 asks for one per core.
inline int thread_count(int wanted) {
  if (wanted > 0) return wanted;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// Calls work(i) for i in [0, count), each once, on up to `threads` threads including the caller's. work must
// not throw.
template <class Work>
void parallel_for(std::size_t count, int threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto drain = [&] {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) work(i);
  };
  const std::size_t helpers = std::min(count, static_cast<std::size_t>(thread_count(threads)));
  std::vector<std::jthread> pool;
  for (std::size_t t = 1; t < helpers; ++t) pool.emplace_back(drain);
  drain();
}

}  // namespace aapp::fit
