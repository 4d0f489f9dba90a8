#include "play/admission/interruptions.h"

#include <pthread.h>

#include <algorithm>
#include <thread>

#include "common/rt/rt_thread.h"
#include "play/admission/rehearsal.h"

namespace aapp::play {
namespace {

constexpr double kShortestUs = 1.0;  // below is the clock itself
// Beyond is another thread's turn where real-time priority is not permitted, or another machine's: such
// dropouts come with any preset.
constexpr double kLongestUs = 100.0;

std::vector<double> gaps_us() {
  std::vector<double> gaps;
  const std::int64_t began_ns = rt::monotonic_ns();
  std::int64_t last_ns = began_ns;
  while (last_ns - began_ns < static_cast<std::int64_t>(1e9 * kWatchSeconds)) {
    const std::int64_t now_ns = rt::monotonic_ns();
    const double gap_us = static_cast<double>(now_ns - last_ns) / 1000.0;
    if (gap_us > kShortestUs && gap_us < kLongestUs) gaps.push_back(gap_us);
    last_ns = now_ns;
  }
  return gaps;
}

}  // namespace

Interruptions::Interruptions(std::vector<double> lengths_us, double seconds)
    : lengths_us_(std::move(lengths_us)), seconds_(seconds) {
  std::ranges::sort(lengths_us_, std::greater{});
}

Interruptions Interruptions::watch() {
  std::vector<double> gaps;
  std::thread([&] {
    static_cast<void>(rt::request_realtime(pthread_self(), kRehearsalPriority));
    gaps = gaps_us();
  }).join();
  return {std::move(gaps), kWatchSeconds};
}

double Interruptions::length_us(double per_s) const {
  const double rank = std::max(1.0, per_s * seconds_);
  return rank <= static_cast<double>(lengths_us_.size()) ? lengths_us_[static_cast<std::size_t>(rank) - 1]
                                                         : 0.0;
}

}  // namespace aapp::play
