// The plain mean of the last so many values: what a detector with a rectangular window averages with.
// Constant work a frame; rounding does not pile up, because the running sum is replaced by a fresh one on
// every lap of the ring.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace aapp::dsp {

class MovingMean {
 public:
  // Room for windows up to max_frames >= 1. Allocates; ends as reset().
  void prepare(std::size_t max_frames) {
    ring_.assign(std::max<std::size_t>(1, max_frames), 0.0);
    window_ = std::min(window_, ring_.size());
    reset();
  }
  // 1 to what was prepared for; others are clamped. A new length forgets the past.
  void set_window(std::size_t frames) noexcept {
    const std::size_t window = std::clamp<std::size_t>(frames, 1, ring_.size());
    if (window == window_) return;
    window_ = window;
    reset();
  }
  // As if all values before were this one.
  void reset(double value = 0.0) noexcept {
    std::fill_n(ring_.begin(), window_, value);
    at_ = 0;
    sum_ = value * static_cast<double>(window_);
    lap_sum_ = 0.0;
  }
  double mean() const noexcept { return std::max(0.0, sum_) / static_cast<double>(window_); }
  // Takes a value >= 0 in and returns the mean of the last window's.
  double step(double value) noexcept {
    sum_ += value - ring_[at_];
    lap_sum_ += value;
    ring_[at_] = value;
    if (++at_ == window_) {
      at_ = 0;
      sum_ = lap_sum_;
      lap_sum_ = 0.0;
    }
    return mean();
  }

 private:
  std::vector<double> ring_ = std::vector<double>(1, 0.0);
  std::size_t window_ = 1, at_ = 0;
  double sum_ = 0.0, lap_sum_ = 0.0;
};

}  // namespace aapp::dsp
