// A value that glides to its target in a straight line over a fixed number of frames: what keeps a turned knob from
// clicking. Counts frames, so the result does not depend on how audio is cut into blocks.
#pragma once

#include <cstdint>

namespace aapp::dsp {

class Smoother {
 public:
  // Frames that a glide takes; 0 jumps.
  void set_glide_frames(std::int64_t frames) { glide_frames_ = frames; }
  // Jumps: no glide.
  void snap(double value) {
    value_ = target_ = value;
    left_ = 0;
  }
  void set_target(double target) {
    if (target == target_) return;
    target_ = target;
    left_ = glide_frames_;
    if (left_ <= 0) return snap(target);
    step_ = (target_ - value_) / static_cast<double>(left_);
  }
  void finish() { snap(target_); }

  bool gliding() const { return left_ > 0; }
  double value() const { return value_; }
  double target() const { return target_; }
  // Moves one frame on and returns the value for that frame.
  double next() {
    if (left_ > 0) value_ = --left_ == 0 ? target_ : value_ + step_;
    return value_;
  }

 private:
  double value_ = 0.0, target_ = 0.0, step_ = 0.0;
  std::int64_t glide_frames_ = 0, left_ = 0;
};

}  // namespace aapp::dsp
