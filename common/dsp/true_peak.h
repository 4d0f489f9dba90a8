// Where the signal goes between its samples: an estimate of the largest magnitude of the band-limited curve
// through one channel. Four times oversampling by windowed sincs, then a parabola through each local maximum.
// On sines it errs by -0.01 to +0.07 dB below 0.43 of the rate and by -0.01 to +0.35 dB above: it may see too
// much, not too little. What a limiter asks of every sample; the figure that goes into reports is
// analyze/measure/true_peak.h's.
//
// Source: ITU-R BS.1770-4, annex 2, gives the method; its filter has half as many taps and no parabola.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "common/dsp/simd.h"
#include "common/dsp/vec.h"

namespace aapp::dsp {

class TruePeak {
 public:
  // What happens between two samples is known this many frames after the first of them.
  static constexpr std::size_t kDelayFrames = 16;
  // What one call of process takes at most.
  static constexpr std::size_t kChunkFrames = 64;

  explicit TruePeak(Simd simd = best_simd()) : simd_(simd) {}

  void reset();
  // Takes samples n = 0, 1, ... and raises peaks[n] to the largest magnitude on [n - kDelayFrames,
  // n - kDelayFrames + 1], both ends included. As many peaks as samples. The same however a stream is cut.
  // Real-time safe.
  void process(std::span<const float> samples, std::span<double> peaks) noexcept;
  // The same of the two samples alone, blind to what lies between them, at a fraction of the work. May be
  // mixed with process.
  void process_samples_only(std::span<const float> samples, std::span<double> peaks) noexcept;

 private:
  static constexpr std::size_t kTaps = 2 * kDelayFrames;
  static constexpr std::size_t kPhases = 3;  // points between two samples
  struct Kernel;                             // true_peak.cpp
  friend struct Kernel;
  struct Taps {
    Vec phase[kPhases][kTaps];  // each in every lane
  };
  static const Taps& taps();
  void shift(std::size_t frames) noexcept;

  const Taps* taps_ = &taps();  // found at construction: the first call of taps() is not real-time safe
  Simd simd_;
  std::array<double, kTaps - 1 + kChunkFrames> window_{};  // old samples, then the chunk
  // The points between samples, a row for each phase; first that of the frame before the chunk.
  std::array<std::array<double, 1 + kChunkFrames>, kPhases> between_{};
};

}  // namespace aapp::dsp
