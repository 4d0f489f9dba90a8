// The short-time Fourier transform of a stream: cuts what is pushed, in pieces of any length, into
// overlapping windowed frames and hands the spectrum of each to the caller. What Welch averages and
// spectrograms are made of. Analysis only: it does not put frames together again.
#pragma once

#include <algorithm>
#include <cassert>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "common/dsp/fft.h"
#include "common/dsp/window.h"

namespace aapp::dsp {

struct StftOptions {
  std::size_t size = 8192;
  std::size_t hop = 4096;  // 1 to size
  WindowShape window = WindowShape::hann;
};

class Stft {
 public:
  explicit Stft(const StftOptions& options)
      : hop_(options.hop),
        window_(make_window(options.window, options.size)),
        held_(options.size),
        fft_(options.size) {
    assert(hop_ >= 1 && hop_ <= options.size);
  }

  std::size_t size() const { return window_.size(); }
  std::size_t bins() const { return fft_.bins(); }
  // Weights as applied, for window_power and window_sum.
  std::span<const double> window() const { return window_; }

  // Calls on_frame(std::span<const std::complex<double>> spectrum) for every frame that these samples
  // complete: frame i covers the samples [i * hop, i * hop + size). The split into pushes does not matter.
  // Allocates nothing.
  template <class Sample, class OnFrame>
  void push(std::span<const Sample> samples, OnFrame&& on_frame) {
    for (const Sample sample : samples) {
      held_[filled_++] = static_cast<double>(sample);
      if (filled_ == held_.size()) emit(on_frame);
    }
  }

  // Pads what is left with silence into a last frame, if there is anything that no frame has covered yet, and
  // starts anew.
  template <class OnFrame>
  void finish(OnFrame&& on_frame) {
    const std::size_t already_seen = any_frame_ ? held_.size() - hop_ : 0;
    if (filled_ > already_seen) {
      std::fill(held_.begin() + static_cast<std::ptrdiff_t>(filled_), held_.end(), 0.0);
      emit(on_frame);
    }
    reset();
  }

  void reset() {
    filled_ = 0;
    any_frame_ = false;
  }

 private:
  template <class OnFrame>
  void emit(OnFrame& on_frame) {
    const std::span<double> frame = fft_.signal();
    for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = held_[i] * window_[i];
    fft_.forward();
    const std::span<const std::complex<double>> spectrum = fft_.spectrum();
    on_frame(spectrum);
    std::copy(held_.begin() + static_cast<std::ptrdiff_t>(hop_), held_.end(), held_.begin());
    filled_ = held_.size() - hop_;
    any_frame_ = true;
  }

  std::size_t hop_;
  std::vector<double> window_;
  std::vector<double> held_;  // the next frame as far as it has come
  std::size_t filled_ = 0;
  bool any_frame_ = false;
  RealFft fft_;
};

}  // namespace aapp::dsp
