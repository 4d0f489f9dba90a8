// How long the callback takes of the time it has, gathered on the audio thread and read elsewhere: a
// histogram of shares of the period, from which mean, p99, p99.9 and maximum follow. Durations come from a
// clock that enters no kernel (rt::monotonic_ns), so they include the time in which the system ran something
// else.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace aapp::play {

struct LoadFigures {
  std::uint64_t callbacks = 0;
  double mean = 0.0;  // shares of the period: 1.0 is all the time there is
  double p99 = 0.0;
  double p999 = 0.0;
  double max = 0.0;
  std::uint64_t overruns = 0;    // callbacks that took longer than their period
  std::uint64_t late_wakes = 0;  // callbacks that began more than a period after they were due
};

class LoadMeter {
 public:
  // Audio thread, once per callback.
  void add(std::int64_t started_ns, std::int64_t ended_ns, std::int64_t period_ns) noexcept;

  // Any thread: since construction or the last restart().
  LoadFigures figures() const noexcept;
  // Any thread: starts the figures anew with the next callback.
  void restart() noexcept { restart_.store(true, std::memory_order_relaxed); }

 private:
  // Bins grow by 2 % each from 0.01 % of the period to over 300 %.
  static constexpr std::size_t kBins = 540;
  static std::size_t bin_of(double share) noexcept;
  static double upper_edge(std::size_t bin) noexcept;
  void clear() noexcept;

  // Written by the audio thread only.
  std::array<std::atomic<std::uint32_t>, kBins> bins_{};
  std::atomic<std::uint64_t> callbacks_{0};
  std::atomic<std::uint64_t> overruns_{0};
  std::atomic<std::uint64_t> late_wakes_{0};
  std::atomic<double> sum_{0.0};
  std::atomic<double> max_{0.0};
  std::int64_t last_started_ns_ = 0;

  std::atomic<bool> restart_{false};  // set by the reader, cleared by the audio thread
};

}  // namespace aapp::play
