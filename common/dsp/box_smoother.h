// The mean of the last so many gains in [0, 1], in fixed point so that the sum never drifts: after any past,
// a constant input gives its very mean. Rounds down: the output is at most the largest input in the window,
// and at most 2^-32 below the true mean. Two in a row make a triangle, which ramps without corners.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aapp::dsp {

class BoxSmoother {
 public:
  // Allocates. frames >= 1, of which 1 passes through. Ends as reset().
  void prepare(std::size_t frames) {
    assert(frames >= 1);
    held_.assign(frames, 0);
    reset(1.0);
  }
  // As if the input had always been `gain`.
  void reset(double gain) {
    std::fill(held_.begin(), held_.end(), to_fixed(gain));
    sum_ = to_fixed(gain) * static_cast<std::int64_t>(held_.size());
    position_ = 0;
  }
  double next(double gain) {
    const std::int64_t newest = to_fixed(gain);
    sum_ += newest - held_[position_];
    held_[position_] = newest;
    if (++position_ == held_.size()) position_ = 0;
    return static_cast<double>(sum_ / static_cast<std::int64_t>(held_.size())) / kOne;
  }

 private:
  static constexpr double kOne = 4294967296.0;  // 2^32
  static std::int64_t to_fixed(double gain) { return static_cast<std::int64_t>(gain * kOne); }

  std::vector<std::int64_t> held_;
  std::int64_t sum_ = 0;
  std::size_t position_ = 0;
};

}  // namespace aapp::dsp
