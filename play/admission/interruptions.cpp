#include "play/admission/interruptions.h"

#include <pthread.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "common/rt/rt_thread.h"
#include "play/admission/rehearsal.h"

namespace aapp::play {
namespace {

constexpr std::int64_t kShortestNs = 1'000;  // below is the clock itself
// Beyond is another thread's turn where real-time priority is not permitted, or another machine's: such
// dropouts come with any preset.
constexpr std::int64_t kLongestNs = 300'000;
constexpr auto kRank = static_cast<std::size_t>(kInterruptionsPerS * kWatchSeconds);

std::vector<std::int64_t> gaps_ns() {
  std::vector<std::int64_t> gaps;
  gaps.reserve(100 * kRank);
  const std::int64_t began_ns = rt::monotonic_ns();
  std::int64_t last_ns = began_ns;
  while (last_ns - began_ns < static_cast<std::int64_t>(1e9 * kWatchSeconds)) {
    const std::int64_t now_ns = rt::monotonic_ns();
    const std::int64_t gap_ns = now_ns - last_ns;
    if (gap_ns > kShortestNs && gap_ns < kLongestNs) gaps.push_back(gap_ns);
    last_ns = now_ns;
  }
  return gaps;
}

}  // namespace

double watch_interruptions_us() {
  std::vector<std::int64_t> gaps;
  std::thread([&] {
    static_cast<void>(rt::request_realtime(pthread_self(), kRehearsalPriority));
    gaps = gaps_ns();
  }).join();
  if (gaps.size() < kRank) return 0.0;
  const auto at = gaps.begin() + static_cast<std::ptrdiff_t>(kRank - 1);
  std::ranges::nth_element(gaps, at, std::greater{});
  return static_cast<double>(*at) / 1000.0;
}

}  // namespace aapp::play
