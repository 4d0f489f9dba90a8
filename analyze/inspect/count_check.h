// Whether the channels were counted right: mono read as stereo, stereo read as mono. Follows the samples in
// the order of their bytes. With S the power of the difference of two stereo channels and M that of a
// channel's motion from frame to frame, neighbours differ by S and S + M in turn and samples two apart by M,
// while in a mono stream neighbours differ all alike, and by less than samples two apart.
#pragma once

#include <array>

#include "analyze/inspect/finding.h"

namespace aapp::inspect {

class CountCheck final : public Check {
 public:
  explicit CountCheck(int channels) : channels_(channels) {}

  void visit(audio::ConstAudioView block) override;
  void report(const Subject& subject, Findings& findings) const override;

 private:
  void add(float x);
  bool smooth_as_one() const;
  bool smooth_as_two() const;

  int channels_;
  std::int64_t samples_ = 0;
  std::array<float, 2> last_{};  // the newest first
  // Squares: differences to the next sample from even and from odd places, differences over two samples, sums
  // of neighbours, samples.
  double even_ = 0.0, odd_ = 0.0, two_ = 0.0, neighbour_sum_ = 0.0, square_ = 0.0;
};

}  // namespace aapp::inspect
