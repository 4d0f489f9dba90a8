// Catches what an audio thread must not do. While a RealtimeGuard lives, this thread's calls of the C
// library's memory, lock, wait and file functions are counted; other threads are not looked at. Works by
// standing in front of those functions, so the test program must link aapp_realtime_guard; under a sanitiser,
// which stands there itself, it counts nothing and works() says so.
#pragma once

#include <cstdint>

namespace aapp::test {

struct RealtimeCounts {
  std::int64_t allocations =
      0;  // malloc, calloc, realloc, aligned_alloc, posix_memalign, so operator new too
  std::int64_t frees = 0;
  std::int64_t locks = 0;  // pthread_mutex_lock
  std::int64_t waits = 0;  // pthread_cond_wait, nanosleep, clock_nanosleep
  std::int64_t files = 0;  // read, write
  bool operator==(const RealtimeCounts&) const = default;
};

class RealtimeGuard {
 public:
  RealtimeGuard();
  ~RealtimeGuard();
  RealtimeGuard(const RealtimeGuard&) = delete;
  RealtimeGuard& operator=(const RealtimeGuard&) = delete;

  // Since construction.
  RealtimeCounts counts() const;
  static bool works();
};

}  // namespace aapp::test
