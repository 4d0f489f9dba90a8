#include "common/dsp/biquad_bank.h"

#include <algorithm>
#include <cassert>

namespace aapp::dsp {

void BiquadBank::set(std::span<const BiquadCoefficients<double>> sections) noexcept {
  length_ = group_length(sections.size());
  assert(length_ <= packed_.size());
  for (std::size_t v = 0; v < length_; ++v) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t index = lane / channels_ * length_ + v;
      const bool real = index < sections.size();
      // Groups of unequal length are filled up with sections that do nothing.
      const MonicBiquad<double> one = real ? monic(sections[index]) : MonicBiquad<double>{};
      VecSection& k = packed_[v];
      k.b1[lane] = one.b1, k.b2[lane] = one.b2;
      k.a1[lane] = one.a1, k.a2[lane] = one.a2;
    }
  }
  gain_ = 1.0;
  for (const BiquadCoefficients<double>& section : sections) gain_ *= divisible_b0(section.b0);
  reset();
}

void BiquadBank::reset() noexcept {
  std::fill(state_.begin(), state_.end(), VecState{});
}

}  // namespace aapp::dsp
