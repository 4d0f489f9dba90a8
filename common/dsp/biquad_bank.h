// How biquad_cascade.h keeps its sections: packed for vectors of four doubles, as biquad_kernel.h runs them.
//
// A biquad is a recursion that keeps a processor waiting, so many must run side by side. With C channels (1,
// 2 or 4) the sections form 4 / C groups of equal length, one group after the other in the signal path; lane
// g C + c of a vector is a section of group g for channel c. Within a group the next section is the next
// vector, same lane.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/dsp/biquad.h"
#include "common/dsp/vec.h"

namespace aapp::dsp {

// (A template forgets the alignment of a vector that it is given.)
struct alignas(Vec) VecSection : MonicBiquad<Vec> {};
struct alignas(Vec) VecState : BiquadState<Vec> {};

// Up to four channels through a row of sections.
class BiquadBank {
 public:
  static constexpr std::size_t kMaxSections = 32;

  // channels: 1, 2 or 4. Allocates; ends without sections.
  explicit BiquadBank(std::size_t channels)
      : channels_(channels), packed_(group_length(kMaxSections)), state_(packed_.size()) {}

  // At most kMaxSections. Forgets all audio.
  void set(std::span<const BiquadCoefficients<double>> sections) noexcept;
  void reset() noexcept;

  std::size_t channels() const { return channels_; }
  std::size_t length() const { return length_; }  // of each group, in sections
  double gain() const { return gain_; }           // the product of all b0
  const VecSection* sections() const { return packed_.data(); }
  VecState* state() { return state_.data(); }

 private:
  std::size_t group_length(std::size_t sections) const {
    const std::size_t groups = kLanes / channels_;
    return (sections + groups - 1) / groups;
  }

  std::size_t channels_, length_ = 0;
  double gain_ = 1.0;
  std::vector<VecSection> packed_;
  std::vector<VecState> state_;
};

}  // namespace aapp::dsp
