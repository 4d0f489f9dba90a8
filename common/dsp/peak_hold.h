// The largest of the last `window` values of a stream. Holds the candidates only, those that no later value
// exceeds, in falling order: amortised O(1) per value, at worst O(window) in one step. Allocates in prepare
// alone.
//
// Source: the ascending minima algorithm (R. Harter); also D. Lemire, "Streaming maximum-minimum filter using
// no more than three comparisons per element", 2006.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aapp::dsp {

class PeakHold {
 public:
  // window >= 1.
  void prepare(std::size_t window) {
    assert(window >= 1);
    ring_.assign(window, Candidate{});
    reset();
  }
  // Afterwards the past holds nothing.
  void reset() {
    oldest_ = count_ = 0;
    now_ = 0;
  }
  // Takes the newest value and returns the largest of the last `window` ones, or of all if there are fewer.
  double next(double value) {
    if (count_ > 0 && ring_[oldest_].frame + static_cast<std::int64_t>(ring_.size()) <= now_) {
      oldest_ = wrap(oldest_ + 1);
      --count_;
    }
    while (count_ > 0 && ring_[wrap(oldest_ + count_ - 1)].value <= value) --count_;
    ring_[wrap(oldest_ + count_)] = {value, now_++};
    ++count_;
    return ring_[oldest_].value;
  }

 private:
  struct Candidate {
    double value = 0.0;
    std::int64_t frame = 0;
  };
  std::size_t wrap(std::size_t index) const { return index < ring_.size() ? index : index - ring_.size(); }

  std::vector<Candidate> ring_;
  std::size_t oldest_ = 0, count_ = 0;
  std::int64_t now_ = 0;
};

}  // namespace aapp::dsp
