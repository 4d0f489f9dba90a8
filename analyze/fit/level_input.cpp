#include "analyze/fit/level_input.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "analyze/fit/compressor_steps.h"
#include "common/dsp/quick_double.h"
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

template <Detector detector, Smoothing domain>
AAPP_KERNEL_INLINE void enter(const Chunk& chunk, LevelInput& out) {
  // No vector would take a library's logarithm.
  using Quick = dsp::QuickDouble<dsp::MulAdd::separate>;
  std::array<double, Chunk::kFrames> value;
  for (std::size_t n = 0; n < chunk.frames; ++n)
    value[n] = dsp::detected_in_domain(detector, domain, Quick(chunk.level[n])).value;
  float* const to = out.value.data() + chunk.first;
  for (std::size_t n = 0; n < chunk.frames; ++n) to[n] = static_cast<float>(value[n]);
  if constexpr (detector != Detector::peak) {
    float* const by = out.by_ln_window.data() + chunk.first;
    for (std::size_t n = 0; n < chunk.frames; ++n)
      by[n] = static_cast<float>(chunk.by[n] * domain_slope(detector, domain, value[n], chunk.level[n]));
  }
}

template <Detector detector>
AAPP_KERNEL_INLINE void enter(Smoothing domain, const Chunk& chunk, LevelInput& out) {
  if (domain == Smoothing::level_db) return enter<detector, Smoothing::level_db>(chunk, out);
  if (domain == Smoothing::level_linear) return enter<detector, Smoothing::level_linear>(chunk, out);
  return enter<detector, Smoothing::level_power>(chunk, out);
}

AAPP_KERNEL_INLINE void enter(Detector detector, Smoothing domain, const Chunk& chunk, LevelInput& out) {
  if (detector == Detector::peak) return enter<Detector::peak>(domain, chunk, out);
  return enter<Detector::rms>(domain, chunk, out);
}
// Nothing is contracted into fused multiply-adds here, so both instruction sets give the same bits.
AAPP_KERNEL_AVX2 void enter_avx2(Detector detector, Smoothing domain, const Chunk& chunk, LevelInput& out) {
  enter(detector, domain, chunk, out);
}
AAPP_KERNEL_BASELINE void enter_baseline(Detector detector, Smoothing domain, const Chunk& chunk,
                                         LevelInput& out) {
  enter(detector, domain, chunk, out);
}

// Calls average(raw, level, by) for every frame.
template <class Average>
void fill(const RawLevel& raw, Detector detector, Smoothing smoothing, const Average& average,
          LevelInput& out) {
  static const bool avx2 = dsp::best_simd() == dsp::Simd::avx2;
  const Smoothing domain = level_domain(smoothing);
  Chunk chunk;
  for (; chunk.first < raw.size(); chunk.first += chunk.frames) {
    chunk.frames = std::min(Chunk::kFrames, raw.size() - chunk.first);
    for (std::size_t n = 0; n < chunk.frames; ++n) average(chunk.first + n, chunk.level[n], chunk.by[n]);
    avx2 ? enter_avx2(detector, domain, chunk, out) : enter_baseline(detector, domain, chunk, out);
  }
}

// One-pole mean of the power.
void average_one_pole(const RawLevel& raw, Smoothing smoothing, double window_ms, double rate_hz,
                      LevelInput& out) {
  const Pole pole(std::log(window_ms), rate_hz);
  Track<1> power;
  const auto average = [&](std::size_t n, double& level, double& by) {
    follow_one_pole<Derivatives::all>(power, raw[n], {0.0}, pole, 0);
    level = power.value, by = power.by[0];
  };
  fill(raw, Detector::rms, smoothing, average, out);
}

// Mean over the last window. A window between whole frames is interpolated, so that the fit can move it
// smoothly; the effect plays whole frames. d mean / d ln window = (oldest value) - mean.
void average_box(const RawLevel& raw, Smoothing smoothing, double window_ms, double rate_hz,
                 LevelInput& out) {
  const double window = std::max(1.0, window_ms * rate_hz / 1000.0);
  const auto whole = static_cast<std::size_t>(window);
  const double part = window - static_cast<double>(whole);
  double sum = 0.0;  // of the last `whole` values
  const auto average = [&](std::size_t n, double& level, double& by) {
    const double oldest = n >= whole ? static_cast<double>(raw[n - whole]) : 0.0;
    sum = std::max(0.0, sum + static_cast<double>(raw[n]) - oldest);
    level = (sum + part * oldest) / window;
    by = oldest - level;
  };
  fill(raw, Detector::rms, smoothing, average, out);
}

}  // namespace

RawLevel linked_level(const audio::AudioBuffer& audio, std::span<const int> channels, Detector detector,
                      dsp::StereoLink link) {
  assert(!channels.empty());
  RawLevel raw(audio.frames());
  std::array<double, audio::kMaxChannels> frame{};
  for (std::size_t n = 0; n < raw.size(); ++n) {
    for (std::size_t i = 0; i < channels.size(); ++i) frame[i] = audio.channel(channels[i])[n];
    raw[n] = static_cast<float>(
        channels.size() == 1 ? dsp::detect(detector, frame[0])
                             : dsp::detect_linked(detector, link, std::span(frame).first(channels.size())));
  }
  return raw;
}

LevelInput level_input(const RawLevel& raw, Detector detector, Smoothing smoothing, double window_ms,
                       double rate_hz) {
  LevelInput input;
  input.value.resize(raw.size());
  if (detector == Detector::peak) {
    const auto as_it_is = [&](std::size_t n, double& level, double&) { level = raw[n]; };
    fill(raw, detector, smoothing, as_it_is, input);
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
