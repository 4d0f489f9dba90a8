// The end of a compressor, from gains in dB to samples, and what else is done to every sample. Vector
// kernels; the arithmetic is compressor_model.h.
#pragma once

#include <span>

#include "common/dsp/simd.h"

namespace aapp::dsp {

// For each frame: gain_db, without make-up, becomes the factor on the sample (compressor_gain).
struct GainStage {
  std::span<const double> gain_db;
  std::span<double> gains;  // out, as many; may be gain_db
  // As many, or one that holds for all; both alike.
  std::span<const double> makeup_db;
  std::span<const double> mix;
};
void gains_from_db(const GainStage& stage, Simd simd) noexcept;

// In place; as many gains as samples.
void apply_gains(std::span<const double> gains, std::span<float> samples, Simd simd) noexcept;

// In place: samples outside [-bound, bound] become the nearer end. Samples must be finite or infinite, not
// NaN.
void hold_within(float bound, std::span<float> samples, Simd simd) noexcept;

// The largest |sample|, 0 of none. Samples must not be NaN.
float largest_magnitude(std::span<const float> samples, Simd simd) noexcept;

}  // namespace aapp::dsp
