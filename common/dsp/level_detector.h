// What a compressor takes as the level of a frame: per channel |x| or x^2, linked across channels, and (rms)
// averaged. Pure steps, templated on the scalar.
//
// Linking comes before averaging, on the raw values, so that the linked signal holds no parameter: the fit
// computes it once per recording.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

namespace aapp::dsp {

enum class Detector {
  peak,     // |x|
  rms,      // x^2, averaged by a one-pole
  rms_box,  // x^2, averaged by a plain mean over the window (moving_mean.h)
};
enum class StereoLink {
  max,   // the loudest channel decides for all
  mean,  // the channels' mean of |x| or x^2 decides for all
  none,  // each channel for itself
  mid,   // |mean of the channels' samples| or its square decides for all: what is out of phase does not count
};

inline constexpr std::array<std::string_view, 3> kDetectorNames{"peak", "rms", "rms_box"};
inline constexpr std::array<std::string_view, 4> kStereoLinkNames{"max", "mean", "none", "mid"};

// One sample's raw value: amplitude for peak, power for the rms kinds.
inline double detect(Detector detector, double sample) {
  return detector == Detector::peak ? std::abs(sample) : sample * sample;
}

// One frame's raw value of linked channels: one sample per channel. Not for StereoLink::none, which has no
// common value.
inline double detect_linked(Detector detector, StereoLink link, std::span<const double> frame) {
  double signed_sum = 0.0;
  double sum = 0.0;
  double largest = 0.0;
  for (const double sample : frame) {
    const double raw = detect(detector, sample);
    signed_sum += sample;
    sum += raw;
    largest = std::max(largest, raw);
  }
  const double channels = static_cast<double>(frame.size());
  if (link == StereoLink::mid) return detect(detector, signed_sum / channels);
  return link == StereoLink::max ? largest : sum / channels;
}

}  // namespace aapp::dsp
