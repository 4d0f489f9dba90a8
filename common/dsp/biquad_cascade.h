// Biquads in series over blocks of planar audio: the fast one. Each sample goes through all sections before
// the next sample starts, so the sections' recursions overlap; coefficients are shared by the channels, state
// is apart. Double inside, float outside, rounded once, after the last section, and held within +-1e30. The
// sections run with their b0 taken out (biquad.h, MonicBiquad), which changes the output by less than 1e-9 of
// full scale.
//
// The output does not depend on how a stream is cut into blocks, nor on how many other channels run beside.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "common/dsp/biquad.h"
#include "common/dsp/biquad_bank.h"
#include "common/dsp/simd.h"

namespace aapp::dsp {

class BiquadCascade {
 public:
  static constexpr std::size_t kMaxSections = BiquadBank::kMaxSections;

  // Allocates. Afterwards: no sections, no state.
  void prepare(int channels, Simd simd = best_simd());
  // At most kMaxSections; none passes audio through bit by bit. Forgets all audio.
  void set(std::span<const BiquadCoefficients<double>> sections) noexcept;
  // Forgets all audio; keeps the sections.
  void reset() noexcept;
  // One pointer per channel, as many as prepared, each to `frames` samples; `out` may be `in`. Real-time
  // safe.
  void process(std::span<const float* const> in, std::span<float* const> out, std::size_t frames) noexcept;

  std::span<const BiquadCoefficients<double>> sections() const { return {sections_.data(), section_count_}; }

 private:
  std::array<BiquadCoefficients<double>, kMaxSections> sections_;
  std::size_t section_count_ = 0;
  std::vector<BiquadBank> banks_;  // one after the other, these are the channels
  Simd simd_ = Simd::baseline;
};

// The number of frames after which what is left of the cascade's impulse response sums to less than 1e-6:
// whatever was played with a peak of 1, its echo is then below -120 dB. Runs the response twice; not for the
// audio thread.
std::int64_t cascade_tail_frames(std::span<const BiquadCoefficients<double>> sections) noexcept;

}  // namespace aapp::dsp
