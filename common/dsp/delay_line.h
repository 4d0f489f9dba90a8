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
  // In place.
  void process(std::span<float> samples) {
    if (held_.empty()) return;
    for (float& sample : samples) sample = next(sample);
  }

 private:
  std::vector<float> held_;
  std::size_t position_ = 0;
};

}  // namespace aapp::dsp
