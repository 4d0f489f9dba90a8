// The passage from one running sound to another: the weight of the new one rises from 0 to 1 along half a
// cosine (zero slope at both ends), the old one has the rest. Counts frames, so the result does not depend on
// block size.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "common/base/units.h"

namespace aapp::dsp {

// From 0 to 1 as part goes from 0 to 1, with zero slope at both ends.
inline double raised_cosine(double part) {
  return 0.5 - 0.5 * std::cos(kPi * part);
}

class Crossfade {
 public:
  // Allocates the curve. frames >= 0; 0 switches at once.
  void prepare(std::size_t frames) {
    weights_.resize(frames);
    for (std::size_t i = 0; i < frames; ++i) {
      const double part = static_cast<double>(i + 1) / static_cast<double>(frames + 1);
      weights_[i] = raised_cosine(part);
    }
    stop();
  }

  void start() { position_ = 0; }
  void stop() { position_ = weights_.size(); }
  bool active() const { return position_ < weights_.size(); }
  // Frames until the new sound is alone.
  std::size_t left() const { return weights_.size() - position_; }
  // The new sound's weight for this frame; moves one frame on. Requires active().
  double next() { return weights_[position_++]; }

 private:
  std::vector<double> weights_;
  std::size_t position_ = 0;
};

template <class Sample>
Sample blend(Sample old_sound, Sample new_sound, double weight) {
  return static_cast<Sample>(old_sound + weight * (new_sound - old_sound));
}

}  // namespace aapp::dsp
