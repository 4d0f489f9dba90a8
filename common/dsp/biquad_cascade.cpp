#include "common/dsp/biquad_cascade.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "common/dsp/biquad_kernel.h"
#include "common/dsp/gain_stage.h"

namespace aapp::dsp {
namespace {

using Coefficients = BiquadCoefficients<double>;

constexpr double kTailGain = 1e-6;
// Absurd boosts end here and not at infinity, which nothing after this could play.
constexpr float kLoudest = 1e30F;

double cascade_step(std::span<const Coefficients> sections, BiquadState<double>* state, double x) {
  for (std::size_t s = 0; s < sections.size(); ++s) x = biquad_step(sections[s], state[s], x);
  return x;
}

AAPP_KERNEL_AVX2 void run_avx2(const kernel::Job& job) {
  kernel::run_job<MulAdd::fused>(job);
}
AAPP_KERNEL_BASELINE void run_baseline(const kernel::Job& job) {
  kernel::run_job<kBaselineMulAdd>(job);
}

// The larger magnitude of the two poles.
double pole_radius(const Coefficients& k) {
  const double discriminant = k.a1 * k.a1 - 4.0 * k.a2;
  if (discriminant < 0.0) return std::sqrt(k.a2);
  return 0.5 * (std::abs(k.a1) + std::sqrt(discriminant));
}

// Frames in which every section by itself has died away to far below kTailGain, one after the other.
std::int64_t longest_tail_frames(std::span<const Coefficients> sections) {
  constexpr double kFarBelow = 1e-12;
  double frames = 16.0;
  for (const Coefficients& k : sections) {
    const double radius = std::clamp(pole_radius(k), 1e-3, 1.0 - 1e-9);
    frames += std::log(kFarBelow) / std::log(radius);
  }
  return static_cast<std::int64_t>(frames);
}

}  // namespace

void BiquadCascade::prepare(int channels, Simd simd) {
  simd_ = simd;
  section_count_ = 0;
  banks_.clear();
  for (auto left = static_cast<std::size_t>(channels); left > 0; left -= banks_.back().channels())
    banks_.emplace_back(left >= 4 ? 4 : left >= 2 ? 2 : 1);
}

void BiquadCascade::set(std::span<const Coefficients> sections) noexcept {
  assert(sections.size() <= kMaxSections);
  std::copy(sections.begin(), sections.end(), sections_.begin());
  section_count_ = sections.size();
  for (BiquadBank& bank : banks_) bank.set(sections);
}

void BiquadCascade::reset() noexcept {
  for (BiquadBank& bank : banks_) bank.reset();
}

void BiquadCascade::process(std::span<const float* const> in, std::span<float* const> out,
                            std::size_t frames) noexcept {
  assert(in.size() == out.size());
  if (section_count_ == 0) {
    for (std::size_t c = 0; c < in.size(); ++c) {
      if (in[c] != out[c]) std::copy(in[c], in[c] + frames, out[c]);
    }
    return;
  }
  std::size_t first = 0;
  for (BiquadBank& bank : banks_) {
    const kernel::Job job{bank, &in[first], &out[first], frames};
    simd_ == Simd::avx2 ? run_avx2(job) : run_baseline(job);
    first += bank.channels();
  }
  assert(first == in.size());
  for (float* const channel : out) hold_within(kLoudest, {channel, frames}, simd_);
}

std::int64_t cascade_tail_frames(std::span<const Coefficients> sections) noexcept {
  if (sections.empty()) return 0;
  const std::int64_t end = longest_tail_frames(sections);
  std::array<BiquadState<double>, BiquadCascade::kMaxSections> state{};
  double left = 0.0;
  for (std::int64_t i = 0; i < end; ++i)
    left += std::abs(cascade_step(sections, state.data(), i == 0 ? 1.0 : 0.0));
  state.fill({});
  std::int64_t frames = 0;
  while (left >= kTailGain && frames < end) {
    left -= std::abs(cascade_step(sections, state.data(), frames == 0 ? 1.0 : 0.0));
    ++frames;
  }
  return frames;
}

}  // namespace aapp::dsp
