// Deterministic test signals as AudioBuffers: the same bits on every machine that rounds as IEEE 754 says.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "common/audio/buffer.h"
#include "common/base/units.h"

namespace aapp::test {

// White noise, uniform in [-amplitude, amplitude], channels independent. 24 bits of randomness a sample, so
// that it survives a 24-bit file where amplitude is a power of two.
inline audio::AudioBuffer noise(int channels, std::size_t frames, float amplitude = 0.5F,
                                std::uint64_t seed = 1) {
  audio::AudioBuffer buffer(channels, frames);
  std::uint64_t state = seed * 0x9e3779b97f4a7c15U + 1;
  for (int c = 0; c < channels; ++c) {
    for (float& sample : buffer.channel(c)) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      const auto value = static_cast<std::int32_t>(static_cast<std::uint32_t>(state >> 32U)) >> 8;
      sample = amplitude * static_cast<float>(value) * 0x1.0p-23F;
    }
  }
  return buffer;
}

// The same sine in every channel, phase 0 at the first frame.
inline audio::AudioBuffer sine(int channels, std::size_t frames, double frequency_hz, double rate_hz,
                               double amplitude = 0.5) {
  audio::AudioBuffer buffer(channels, frames);
  for (int c = 0; c < channels; ++c) {
    const std::span<float> samples = buffer.channel(c);
    for (std::size_t i = 0; i < frames; ++i) {
      const double phase = 2.0 * kPi * frequency_hz * static_cast<double>(i) / rate_hz;
      samples[i] = static_cast<float>(amplitude * std::sin(phase));
    }
  }
  return buffer;
}

// One sample of `amplitude` at frame `at`, silence elsewhere.
inline audio::AudioBuffer impulse(int channels, std::size_t frames, std::size_t at = 0,
                                  float amplitude = 1.0F) {
  audio::AudioBuffer buffer(channels, frames);
  for (int c = 0; c < channels; ++c) buffer.channel(c)[at] = amplitude;
  return buffer;
}

// Noise whose level jumps between loud and soft every `part` frames: what makes dynamics work.
inline audio::AudioBuffer bursts(int channels, std::size_t frames, std::size_t part, std::uint64_t seed = 1) {
  audio::AudioBuffer buffer = noise(channels, frames, 0.9F, seed);
  for (int c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < frames; ++i) {
      if ((i / part) % 2 == 1) buffer.channel(c)[i] *= 0.02F;
    }
  }
  return buffer;
}

inline float peak(const audio::AudioBuffer& buffer) {
  float largest = 0.0F;
  for (int c = 0; c < buffer.channels(); ++c) {
    for (const float sample : buffer.channel(c)) largest = std::max(largest, std::abs(sample));
  }
  return largest;
}

inline bool all_finite(const audio::AudioBuffer& buffer) {
  for (int c = 0; c < buffer.channels(); ++c) {
    if (!std::ranges::all_of(buffer.channel(c), [](float sample) { return std::isfinite(sample); }))
      return false;
  }
  return true;
}

// Between two recordings of one shape, sample by sample.
inline float largest_difference(const audio::AudioBuffer& a, const audio::AudioBuffer& b) {
  float largest = 0.0F;
  for (int c = 0; c < a.channels(); ++c) {
    for (std::size_t i = 0; i < a.frames(); ++i) {
      largest = std::max(largest, std::abs(a.channel(c)[i] - b.channel(c)[i]));
    }
  }
  return largest;
}

}  // namespace aapp::test
