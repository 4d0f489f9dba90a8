#include "common/dsp/biquad_cascade.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace aapp::dsp {
namespace {

using Coefficients = BiquadCoefficients<double>;

constexpr double kTailGain = 1e-6;

// Absurd boosts end here and not at infinity, which nothing after this could play.
constexpr double kLoudest = 1e30;

float to_sample(double x) { return static_cast<float>(std::clamp(x, -kLoudest, kLoudest)); }

double cascade_step(std::span<const Coefficients> sections, BiquadState* state, double x) {
  for (std::size_t s = 0; s < sections.size(); ++s) x = biquad_step(sections[s], state[s], x);
  return x;
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

void BiquadCascade::prepare(int channels) {
  section_count_ = 0;
  state_.assign(static_cast<std::size_t>(channels) * kMaxSections, BiquadState{});
}

void BiquadCascade::set(std::span<const Coefficients> sections) noexcept {
  assert(sections.size() <= kMaxSections);
  std::copy(sections.begin(), sections.end(), sections_.begin());
  section_count_ = sections.size();
}

void BiquadCascade::reset() noexcept {
  std::fill(state_.begin(), state_.end(), BiquadState{});
}

void BiquadCascade::process(std::span<const float* const> in, std::span<float* const> out,
                            std::size_t frames) noexcept {
  assert(in.size() == out.size() && in.size() * kMaxSections == state_.size());
  for (std::size_t c = 0; c < in.size(); ++c) {
    if (section_count_ == 0) {
      if (in[c] != out[c]) std::copy(in[c], in[c] + frames, out[c]);
      continue;
    }
    BiquadState* state = &state_[c * kMaxSections];
    for (std::size_t i = 0; i < frames; ++i) {
      out[c][i] = to_sample(cascade_step(sections(), state, static_cast<double>(in[c][i])));
    }
  }
}

std::int64_t cascade_tail_frames(std::span<const Coefficients> sections) noexcept {
  if (sections.empty()) return 0;
  const std::int64_t end = longest_tail_frames(sections);
  std::array<BiquadState, BiquadCascade::kMaxSections> state{};
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
