// Recordings behind others by a fraction of a frame, for the tests of alignment.
#pragma once

#include <algorithm>
#include <complex>

#include "common/base/units.h"
#include "common/dsp/fft.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit::test {

// The recording delayed by any fraction of a frame, exactly: a turn of its spectrum's phase.
inline audio::AudioBuffer delayed(const audio::AudioBuffer& audio, double frames) {
  audio::AudioBuffer out = audio;
  dsp::RealFft fft(audio.frames());
  for (int c = 0; c < audio.channels(); ++c) {
    std::ranges::copy(audio.channel(c), fft.signal().begin());
    fft.forward();
    for (std::size_t k = 0; k < fft.bins(); ++k) {
      const double w = 2.0 * kPi * static_cast<double>(k) / static_cast<double>(fft.size());
      fft.spectrum()[k] *= std::polar(1.0, -w * frames);
    }
    fft.inverse();
    for (std::size_t n = 0; n < out.frames(); ++n) out.channel(c)[n] = static_cast<float>(fft.signal()[n]);
  }
  return out;
}

// Noise bursts without the top of the spectrum, which no interpolator keeps.
inline audio::AudioBuffer soft_bursts(int rate_hz, double seconds, std::uint64_t seed) {
  audio::AudioBuffer audio = bursts(2, seconds, rate_hz, seed);
  dsp::RealFft fft(audio.frames());
  for (int c = 0; c < audio.channels(); ++c) {
    std::ranges::copy(audio.channel(c), fft.signal().begin());
    fft.forward();
    for (std::size_t k = 0; k < fft.bins(); ++k) {
      if (static_cast<double>(k) > 0.42 * static_cast<double>(fft.size())) fft.spectrum()[k] = 0.0;
    }
    fft.inverse();
    for (std::size_t n = 0; n < audio.frames(); ++n)
      audio.channel(c)[n] = static_cast<float>(fft.signal()[n]);
  }
  return audio;
}

}  // namespace aapp::fit::test
