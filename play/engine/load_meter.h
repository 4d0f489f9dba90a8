// How long the callback takes of the time it has, and how late it begins, gathered on the audio thread and
// read elsewhere: histograms of shares of the period, from which mean, p99, p99.9 and maximum follow.
// Durations come from a clock that enters no kernel (rt::monotonic_ns), so they include the time in which the
// system ran something else.
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
  std::uint64_t late_wakes = 0;  // callbacks that began so late that they missed their period's end
  double late_p999 = 0.0;        // how late callbacks begin, in periods after they were due
};

// Shares of something by size: 64 equal bins to every doubling, from 0.006 % to 400 %. One writer; any
// reader.
class ShareHistogram {
 public:
  static constexpr int kBinBits = 6;
  void add(double share) noexcept;
  void clear() noexcept;
  std::uint64_t count() const noexcept { return count_.load(std::memory_order_relaxed); }
  double mean() const noexcept;
  double max() const noexcept { return max_.load(std::memory_order_relaxed); }
  // The share below which `part` of all lie, at most 2 % too large; 0 for none.
  double quantile(double part) const noexcept;

 private:
  static constexpr std::size_t kBins = 16 << kBinBits;
  static std::size_t bin_of(double share) noexcept;
  static double upper_edge(std::size_t bin) noexcept;

  std::array<std::atomic<std::uint32_t>, kBins> bins_{};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<double> sum_{0.0};
  std::atomic<double> max_{0.0};
};

class LoadMeter {
 public:
  // Audio thread, once per callback; period_ns > 0.
  void add(std::int64_t started_ns, std::int64_t ended_ns, std::int64_t period_ns) noexcept;

  // Any thread: since construction or the last restart().
  LoadFigures figures() const noexcept;
  // Any thread: when the newest callback that was added began (rt::monotonic_ns()); 0 before the first.
  std::int64_t last_started_ns() const noexcept { return last_started_ns_.load(std::memory_order_relaxed); }
  // Any thread: starts the figures anew with the next callback.
  void restart() noexcept { restart_.store(true, std::memory_order_relaxed); }

 private:
  void clear() noexcept;

  // Written by the audio thread only.
  ShareHistogram durations_, delays_;
  std::atomic<std::uint64_t> overruns_{0};
  std::atomic<std::uint64_t> late_wakes_{0};
  std::atomic<std::int64_t> last_started_ns_{0};

  std::atomic<bool> restart_{false};  // set by the reader, cleared by the audio thread
};

}  // namespace aapp::play
