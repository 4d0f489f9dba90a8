#include "analyze/measure/welch.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "common/dsp/window.h"

namespace aapp::measure {

namespace {
constexpr std::size_t kSmallestSegment = 4;
}

Welch::Welch(int channels, std::size_t segment_frames, double rate_hz)
    : channel_count_(channels),
      rate_hz_(rate_hz),
      capacity_(segment_frames),
      held_(static_cast<std::size_t>(channels) * segment_frames),
      fft_(segment_frames) {
  assert(std::has_single_bit(segment_frames) && segment_frames >= kSmallestSegment);
  start(segment_frames);
}

void Welch::start(std::size_t segment_frames) {
  if (fft_.size() != segment_frames) fft_ = dsp::RealFft(segment_frames);
  window_ = dsp::make_window(dsp::WindowShape::hann, segment_frames);
  sums_.assign(static_cast<std::size_t>(channel_count_), std::vector<double>(fft_.bins(), 0.0));
  if (channel_count_ == 2) {
    cross_sum_.assign(fft_.bins(), 0.0);
    first_spectrum_.resize(fft_.bins());
  }
}

void Welch::push(audio::ConstAudioView block) {
  assert(block.channels() == channel_count_);
  for (std::size_t done = 0; done < block.frames();) {
    const std::size_t count = std::min(capacity_ - filled_, block.frames() - done);
    for (int c = 0; c < channel_count_; ++c) {
      std::copy_n(block.channel(c).data() + done, count, samples(c) + filled_);
    }
    filled_ += count;
    done += count;
    if (filled_ < capacity_) continue;
    add_segment(0);
    const std::size_t half = capacity_ / 2;
    for (int c = 0; c < channel_count_; ++c) std::copy_n(samples(c) + half, half, samples(c));
    filled_ = half;
  }
}

void Welch::transform(int channel, std::size_t first) {
  const float* x = samples(channel) + first;
  const std::size_t n = fft_.size();
  double mean = 0.0;
  for (std::size_t i = 0; i < n; ++i) mean += static_cast<double>(x[i]);
  mean /= static_cast<double>(n);
  const std::span<double> signal = fft_.signal();
  for (std::size_t i = 0; i < n; ++i) signal[i] = (static_cast<double>(x[i]) - mean) * window_[i];
  fft_.forward();
}

void Welch::add_segment(std::size_t first) {
  for (int c = 0; c < channel_count_; ++c) {
    transform(c, first);
    const std::span<const std::complex<double>> spectrum = fft_.spectrum();
    std::vector<double>& sum = sums_[static_cast<std::size_t>(c)];
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += std::norm(spectrum[k]);
    if (channel_count_ != 2) continue;
    if (c == 0) {
      std::copy(spectrum.begin(), spectrum.end(), first_spectrum_.begin());
    } else {
      for (std::size_t k = 0; k < cross_sum_.size(); ++k) {
        cross_sum_[k] +=
            first_spectrum_[k].real() * spectrum[k].real() + first_spectrum_[k].imag() * spectrum[k].imag();
      }
    }
  }
  ++segments_;
}

WelchResult Welch::finish() {
  if (segments_ == 0 && filled_ >= kSmallestSegment) {
    const std::size_t size = std::bit_floor(filled_);
    start(size);
    for (std::size_t first = 0; first + size <= filled_; first += size / 2) add_segment(first);
  }
  if (segments_ == 0) return {};

  WelchResult result{.segment_frames = fft_.size(),
                     .segments = segments_,
                     .bin_hz = rate_hz_ / static_cast<double>(fft_.size()),
                     .channels = std::move(sums_),
                     .cross = std::move(cross_sum_)};
  const double scale = 1.0 / (dsp::window_power(window_) * rate_hz_ * static_cast<double>(segments_));
  // One-sided: all bins but 0 and Nyquist stand for a negative frequency too.
  const auto normalise = [&](std::vector<double>& density) {
    for (std::size_t k = 0; k < density.size(); ++k) {
      density[k] *= k == 0 || k + 1 == density.size() ? scale : 2.0 * scale;
    }
  };
  for (std::vector<double>& density : result.channels) normalise(density);
  normalise(result.cross);
  return result;
}

}  // namespace aapp::measure
