#include "analyze/fit/level_input.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "analyze/fit/compressor_steps.h"
#include "common/dsp/simd.h"

namespace aapp::fit {
namespace {

using dsp::Detector;
using dsp::Smoothing;

// Levels as the detector gives them, averaged where it averages, with their derivatives by ln window, on
// their way into a domain: so many frames from `first` on.
struct Chunk {
  static constexpr std::size_t kFrames = 256;
  std::array<double, kFrames> level{}, by{};
  std::size_t first = 0, frames = 0;
};

AAPP_KERNEL_INLINE void enter(Detector detector, Smoothing domain, Chunk& chunk, LevelInput& out) {
  std::array<double, Chunk::kFrames> slope;
  enter_domain(detector, domain, chunk.frames, chunk.level.data(), slope.data());
  float* const to = out.value.data() + chunk.first;
  for (std::size_t n = 0; n < chunk.frames; ++n) to[n] = static_cast<float>(chunk.level[n]);
  if (detector == Detector::peak) return;
  float* const by = out.by_ln_window.data() + chunk.first;
  for (std::size_t n = 0; n < chunk.frames; ++n) by[n] = static_cast<float>(chunk.by[n] * slope[n]);
}
// Nothing is contracted into fused multiply-adds here, so both instruction sets give the same bits.
AAPP_KERNEL_AVX2 void enter_avx2(Detector detector, Smoothing domain, Chunk& chunk, LevelInput& out) {
  enter(detector, domain, chunk, out);
}
AAPP_KERNEL_BASELINE void enter_baseline(Detector detector, Smoothing domain, Chunk& chunk, LevelInput& out) {
  enter(detector, domain, chunk, out);
}

// Calls average(chunk) for chunk after chunk, which sets the levels of its frames.
template <class Average>
void fill(std::size_t frames, Detector detector, Smoothing smoothing, const Average& average,
          LevelInput& out) {
  static const bool avx2 = dsp::best_simd() == dsp::Simd::avx2;
  const Smoothing domain = level_domain(smoothing);
  Chunk chunk;
  for (; chunk.first < frames; chunk.first += chunk.frames) {
    chunk.frames = std::min(Chunk::kFrames, frames - chunk.first);
    average(chunk);
    avx2 ? enter_avx2(detector, domain, chunk, out) : enter_baseline(detector, domain, chunk, out);
  }
}

// One-pole mean of the power.
void average_one_pole(const RawLevel& raw, Smoothing smoothing, double window_ms, double rate_hz,
                      LevelInput& out) {
  const Pole pole(std::log(window_ms), rate_hz);
  double state = 0.0, state_by = 0.0;
  const auto average = [&](Chunk& chunk) {
    double power = state, power_by = state_by;
    for (std::size_t n = 0; n < chunk.frames; ++n) {
      const double input = raw[chunk.first + n];
      power_by = pole.value * power_by + pole.by_ln * (power - input);
      power = dsp::one_pole_step(power, input, pole.value);
      chunk.level[n] = power, chunk.by[n] = power_by;
    }
    state = power, state_by = power_by;
  };
  fill(raw.size(), Detector::rms, smoothing, average, out);
}

// Mean over the last window. A window between whole frames is interpolated, so that the fit can move it
// smoothly; the effect plays whole frames. d mean / d ln window = (oldest value) - mean.
void average_box(const RawLevel& raw, Smoothing smoothing, double window_ms, double rate_hz,
                 LevelInput& out) {
  const double window = std::max(1.0, window_ms * rate_hz / 1000.0), per_window = 1.0 / window;
  const auto whole = static_cast<std::size_t>(window);
  const double part = window - static_cast<double>(whole);
  double state = 0.0;  // the sum of the last `whole` values
  const auto average = [&](Chunk& chunk) {
    double sum = state;
    for (std::size_t i = 0; i < chunk.frames; ++i) {
      const std::size_t n = chunk.first + i;
      const double oldest = n >= whole ? static_cast<double>(raw[n - whole]) : 0.0;
      sum = std::max(0.0, sum + (static_cast<double>(raw[n]) - oldest));
      chunk.level[i] = (sum + part * oldest) * per_window;
      chunk.by[i] = oldest - chunk.level[i];
    }
    state = sum;
  };
  fill(raw.size(), Detector::rms, smoothing, average, out);
}

// Of at most kMost channels; where they are as many, nothing is decided frame by frame.
template <std::size_t kMost>
RawLevel level_of(const audio::AudioBuffer& audio, std::span<const int> channels, dsp::Detector detector,
                  dsp::StereoLink link) {
  const std::size_t count = kMost <= 2 ? kMost : channels.size();
  std::array<const float*, kMost> from{};
  for (std::size_t i = 0; i < count; ++i) from[i] = audio.channel(channels[i]).data();
  RawLevel raw(audio.frames());
  std::array<double, kMost> frame{};
  for (std::size_t n = 0; n < raw.size(); ++n) {
    for (std::size_t i = 0; i < count; ++i) frame[i] = from[i][n];
    raw[n] =
        static_cast<float>(count == 1 ? dsp::detect(detector, frame[0])
                                      : dsp::detect_linked(detector, link, std::span(frame).first(count)));
  }
  return raw;
}

}  // namespace

RawLevel linked_level(const audio::AudioBuffer& audio, std::span<const int> channels, Detector detector,
                      dsp::StereoLink link) {
  assert(!channels.empty());
  if (channels.size() == 1) return level_of<1>(audio, channels, detector, link);
  if (channels.size() == 2) return level_of<2>(audio, channels, detector, link);
  return level_of<audio::kMaxChannels>(audio, channels, detector, link);
}

LevelInput level_input(const RawLevel& raw, Detector detector, Smoothing smoothing, double window_ms,
                       double rate_hz) {
  LevelInput input;
  input.value.resize(raw.size());
  if (detector == Detector::peak) {
    const auto as_it_is = [&](Chunk& chunk) {
      std::copy_n(raw.begin() + static_cast<std::ptrdiff_t>(chunk.first), chunk.frames, chunk.level.begin());
    };
    fill(raw.size(), detector, smoothing, as_it_is, input);
    return input;
  }
  input.by_ln_window.resize(raw.size());
  if (detector == Detector::rms) {
    average_one_pole(raw, smoothing, window_ms, rate_hz, input);
  } else {
    average_box(raw, smoothing, window_ms, rate_hz, input);
  }
  return input;
}

}  // namespace aapp::fit
