#include "analyze/fit/level_input.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "analyze/fit/compressor_steps.h"

namespace aapp::fit {
namespace {

using dsp::Detector;
using dsp::Smoothing;

void put(LevelInput& input, Smoothing smoothing, std::size_t n, double power, double power_by_ln_window) {
  const Smoothing domain = level_domain(smoothing);
  const double value = dsp::detected_in_domain(Detector::rms, domain, power);
  input.value[n] = static_cast<float>(value);
  input.by_ln_window[n] =
      static_cast<float>(power_by_ln_window * domain_slope(Detector::rms, domain, value, power));
}

// One-pole mean of the power.
void average_one_pole(const RawLevel& raw, Smoothing smoothing, double window_ms, double rate_hz,
                      LevelInput& out) {
  const Pole pole(std::log(window_ms), rate_hz);
  Track<1> power;
  for (std::size_t n = 0; n < raw.size(); ++n) {
    follow_one_pole<Derivatives::all>(power, raw[n], {0.0}, pole, 0);
    put(out, smoothing, n, power.value, power.by[0]);
  }
}

// Mean over the last window. A window between whole frames is interpolated, so that the fit can move it
// smoothly; the effect plays whole frames. d mean / d ln window = (oldest value) - mean.
void average_box(const RawLevel& raw, Smoothing smoothing, double window_ms, double rate_hz,
                 LevelInput& out) {
  const double window = std::max(1.0, window_ms * rate_hz / 1000.0);
  const auto whole = static_cast<std::size_t>(window);
  const double part = window - static_cast<double>(whole);
  double sum = 0.0;  // of the last `whole` values
  for (std::size_t n = 0; n < raw.size(); ++n) {
    const double oldest = n >= whole ? static_cast<double>(raw[n - whole]) : 0.0;
    sum = std::max(0.0, sum + static_cast<double>(raw[n]) - oldest);
    const double power = (sum + part * oldest) / window;
    put(out, smoothing, n, power, oldest - power);
  }
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
    const Smoothing domain = level_domain(smoothing);
    for (std::size_t n = 0; n < raw.size(); ++n) {
      input.value[n] =
          static_cast<float>(dsp::detected_in_domain(detector, domain, static_cast<double>(raw[n])));
    }
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
