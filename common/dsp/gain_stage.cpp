#include "common/dsp/gain_stage.h"

#include <bit>
#include <cstdint>

#include "common/dsp/compressor_model.h"
#include "common/dsp/quick_double.h"

namespace aapp::dsp {
namespace {

template <MulAdd kHow>
AAPP_KERNEL_INLINE void gains_kernel(const GainStage& stage) {
  const double* gain_db = stage.gain_db.data();
  double* gains = stage.gains.data();
  const double *makeup_db = stage.makeup_db.data(), *mix = stage.mix.data();
  const std::size_t frames = stage.gains.size();
  if (stage.mix.size() == frames) {
    for (std::size_t i = 0; i < frames; ++i)
      gains[i] = compressor_gain<QuickDouble<kHow>>(gain_db[i], makeup_db[i], mix[i]).value;
  } else {
    const double held_makeup_db = makeup_db[0], held_mix = mix[0];
    for (std::size_t i = 0; i < frames; ++i)
      gains[i] = compressor_gain<QuickDouble<kHow>>(gain_db[i], held_makeup_db, held_mix).value;
  }
}

AAPP_KERNEL_INLINE void apply_kernel(std::span<const double> gains, std::span<float> samples) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(static_cast<double>(samples[i]) * gains[i]);
  }
}

AAPP_KERNEL_INLINE void hold_kernel(float bound, std::span<float> samples) {
  for (float& sample : samples) {
    const float held = sample > bound ? bound : sample;
    sample = held < -bound ? -bound : held;
  }
}

// Many maxima side by side: one alone would wait for itself from sample to sample. As integers, since floats
// of one sign have the same order as their bits, and a maximum of integers may be taken in any order.
AAPP_KERNEL_INLINE float magnitude_kernel(std::span<const float> samples) {
  constexpr std::uint32_t kNoSign = 0x7fffffff;
  std::int32_t largest = 0;
  for (const float sample : samples) {
    const auto magnitude = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(sample) & kNoSign);
    largest = magnitude > largest ? magnitude : largest;
  }
  return std::bit_cast<float>(largest);
}

AAPP_KERNEL_AVX2 void gains_avx2(const GainStage& stage) {
  gains_kernel<MulAdd::fused>(stage);
}
AAPP_KERNEL_BASELINE void gains_baseline(const GainStage& stage) {
  gains_kernel<kBaselineMulAdd>(stage);
}
AAPP_KERNEL_AVX2 void apply_avx2(std::span<const double> gains, std::span<float> samples) {
  apply_kernel(gains, samples);
}
AAPP_KERNEL_BASELINE void apply_baseline(std::span<const double> gains, std::span<float> samples) {
  apply_kernel(gains, samples);
}
AAPP_KERNEL_AVX2 void hold_avx2(float bound, std::span<float> samples) {
  hold_kernel(bound, samples);
}
AAPP_KERNEL_BASELINE void hold_baseline(float bound, std::span<float> samples) {
  hold_kernel(bound, samples);
}
AAPP_KERNEL_AVX2 float magnitude_avx2(std::span<const float> samples) {
  return magnitude_kernel(samples);
}
AAPP_KERNEL_BASELINE float magnitude_baseline(std::span<const float> samples) {
  return magnitude_kernel(samples);
}

}  // namespace

void gains_from_db(const GainStage& stage, Simd simd) noexcept {
  simd == Simd::avx2 ? gains_avx2(stage) : gains_baseline(stage);
}

void apply_gains(std::span<const double> gains, std::span<float> samples, Simd simd) noexcept {
  simd == Simd::avx2 ? apply_avx2(gains, samples) : apply_baseline(gains, samples);
}

void hold_within(float bound, std::span<float> samples, Simd simd) noexcept {
  simd == Simd::avx2 ? hold_avx2(bound, samples) : hold_baseline(bound, samples);
}

float largest_magnitude(std::span<const float> samples, Simd simd) noexcept {
  return simd == Simd::avx2 ? magnitude_avx2(samples) : magnitude_baseline(samples);
}

}  // namespace aapp::dsp
