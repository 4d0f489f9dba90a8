// A fixed delay of whole frames, one channel. No interpolation, no feedback.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace aapp::dsp {

class DelayLine {
 public:
  // Allocates. frames >= 0; 0 passes through.
  void prepare(std::size_t frames) {
    held_.assign(frames, 0.0F);
    position_ = 0;
  }
  void reset() {
    std::fill(held_.begin(), held_.end(), 0.0F);
    position_ = 0;
  }
  std::size_t delay_frames() const { return held_.size(); }

  // The sample of delay_frames ago. Requires a delay.
  float next(float sample) {
    const float old = held_[position_];
    held_[position_] = sample;
    if (++position_ == held_.size()) position_ = 0;
    return old;
  }
  // In place: what comes and what leaves change places.
  void process(std::span<float> samples) {
    if (held_.empty()) return;
    while (!samples.empty()) {
      const std::size_t count = std::min(samples.size(), held_.size() - position_);
      std::swap_ranges(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(count),
                       held_.begin() + static_cast<std::ptrdiff_t>(position_));
      position_ += count;
      if (position_ == held_.size()) position_ = 0;
      samples = samples.subspan(count);
    }
  }

 private:
  std::vector<float> held_;
  std::size_t position_ = 0;
};

}  // namespace aapp::dsp
