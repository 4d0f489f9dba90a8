// Welch's averaged periodogram, block by block: Hann segments with half overlap, each freed of its mean,
// their power densities averaged. Serves the spectrum of sound and that of envelopes. Source: P. D. Welch,
// "The use of fast Fourier transform for the estimation of power spectra", IEEE Trans. Audio Electroacoustics
// 15(2), 1967.
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "common/audio/buffer.h"
#include "common/dsp/fft.h"

namespace aapp::measure {

// One-sided power densities (per Hz) at bins 0, 1 .. segment_frames / 2.
struct WelchResult {
  std::size_t segment_frames = 0;  // 0: too little sound for any segment
  std::int64_t segments = 0;
  double bin_hz = 0.0;
  std::vector<std::vector<double>> channels;
  std::vector<double> cross;  // of two channels only: the real part of their cross density
};

class Welch {
 public:
  // segment_frames: a power of two, at least 4. Allocates; push does not.
  Welch(int channels, std::size_t segment_frames, double rate_hz);

  // Any number of frames; the result does not depend on how they are cut.
  void push(audio::ConstAudioView block);

  // Of power spectra, over the segments so far; per channel.
  std::span<const std::vector<double>> sums() const { return sums_; }
  // From one segment's begin to the next's.
  std::size_t hop_frames() const { return capacity_ / 2; }

  // A recording shorter than a segment is measured with the largest power of two that fits into it (4 at
  // least). A tail that fills no segment is left out.
  WelchResult finish();

 private:
  void start(std::size_t segment_frames);
  void add_segment(std::size_t first);
  void transform(int channel, std::size_t first);
  float* samples(int channel) { return held_.data() + static_cast<std::size_t>(channel) * capacity_; }

  int channel_count_;
  double rate_hz_;
  std::size_t capacity_;    // frames held per channel
  std::size_t filled_ = 0;  // of them
  std::vector<float> held_;
  std::vector<double> window_;
  dsp::RealFft fft_;
  std::vector<std::vector<double>> sums_;  // of |X|^2, per channel
  std::vector<double> cross_sum_;          // of Re(X0 conj(X1))
  std::vector<std::complex<double>> first_spectrum_;
  std::int64_t segments_ = 0;
};

}  // namespace aapp::measure
