#include "play/admission/interruptions.h"

#include <pthread.h>

#include <algorithm>
#include <thread>

#include "common/rt/rt_thread.h"
#include "play/admission/rehearsal.h"

namespace aapp::play {
namespace {

constexpr double kShortestUs = 1.0;  // below is the clock itself

std::vector<double> gaps_us() {
  std::vector<double> gaps;
  const std::int64_t began_ns = rt::monotonic_ns();
  std::int64_t last_ns = began_ns;
  while (last_ns - began_ns < static_cast<std::int64_t>(1e9 * kStretchSeconds)) {
    const std::int64_t now_ns = rt::monotonic_ns();
    const double gap_us = static_cast<double>(now_ns - last_ns) / 1000.0;
    if (gap_us > kShortestUs && gap_us < kLongestInterruptionUs) gaps.push_back(gap_us);
    last_ns = now_ns;
  }
  return gaps;
}

}  // namespace

Interruptions::Interruptions(std::vector<std::vector<double>> lengths_us, double stretch_seconds)
    : lengths_us_(std::move(lengths_us)), stretch_seconds_(stretch_seconds) {
  for (std::vector<double>& stretch : lengths_us_) std::ranges::sort(stretch, std::greater{});
}

Interruptions Interruptions::watch() {
  std::vector<std::vector<double>> gaps(kWatchedStretches);
  std::thread([&] {
    static_cast<void>(rt::request_realtime(pthread_self(), kRehearsalPriority));
    for (std::vector<double>& stretch : gaps) stretch = gaps_us();
  }).join();
  return {std::move(gaps), kStretchSeconds};
}

double Interruptions::length_us(double per_s) const {
  if (lengths_us_.empty()) return 0.0;
  const auto rank = static_cast<std::size_t>(std::max(1.0, per_s * stretch_seconds_));
  std::vector<double> each;
  for (const std::vector<double>& stretch : lengths_us_)
    each.push_back(rank <= stretch.size() ? stretch[rank - 1] : 0.0);
  const auto middle = each.begin() + static_cast<std::ptrdiff_t>(each.size() / 2);
  std::ranges::nth_element(each, middle);
  return *middle;
}

}  // namespace aapp::play
