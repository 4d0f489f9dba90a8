// A value that glides to its target: what keeps a turned knob from clicking. Four one-poles in a row, so that
// value, slope, curvature and the curvature's slope are all continuous, also when the target moves on during
// a glide. A straight line would leave two corners, which sound at -50 dB for a large step; this stays below
// -100 dB. Counts frames, so the result does not depend on how audio is cut into blocks.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "common/base/units.h"
#include "common/dsp/one_pole.h"

namespace aapp::dsp {

class Smoother {
 public:
  // Frames after which 99.9 % of the way is done; after 2.4 times as many the target is reached exactly. 0
  // jumps.
  void set_glide_frames(std::int64_t frames) {
    glide_frames_ = frames;
    // The step response of four poles has 0.1 % left after 13.06 time constants.
    pole_ = time_constant_to_pole(static_cast<double>(frames) / 13.06, 1000.0);
  }
  // Jumps: no glide.
  void snap(double value) {
    target_ = value;
    stages_.fill(value);
    left_ = 0;
  }
  void set_target(double target) {
    if (target == target_) return;
    target_ = target;
    left_ = 12 * glide_frames_ / 5;
    if (left_ <= 0) snap(target);
  }
  void finish() { snap(target_); }

  bool gliding() const { return left_ > 0; }
  double value() const { return stages_.back(); }
  double target() const { return target_; }
  // Moves one frame on and returns the value for that frame.
  double next() {
    if (left_ == 0) return target_;
    if (--left_ == 0) {
      snap(target_);
    } else {
      double input = target_;
      for (double& stage : stages_) input = stage = one_pole_step(stage, input, pole_);
    }
    return stages_.back();
  }
  // The values of the next out.size() frames.
  void fill(std::span<double> out) {
    if (left_ == 0) return std::fill(out.begin(), out.end(), target_);
    for (double& value : out) value = next();
  }

 private:
  std::array<double, 4> stages_{};
  double target_ = 0.0, pole_ = 0.0;
  std::int64_t glide_frames_ = 0, left_ = 0;
};

}  // namespace aapp::dsp
