// One gain of a chain's model at work, frame by frame with its derivatives: the channels that share it, from
// the samples that drive it to the factor on them. A part of chain_residuals.cpp, which compiles it for each
// instruction set.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/gain_tangents.h"
#include "common/base/units.h"
#include "common/dsp/simd.h"

namespace aapp::fit {

// The gain of one frame and its derivatives: ln of it by the compressor's coordinates, then the driver's.
struct FrameGain {
  double gain = 1.0;
  std::array<double, kCompressorCoordinates> ln_by{};
  std::array<double, kMaxDriverCoordinates> ln_by_driver{};
};

// One gain at work: the channels that share it, from driver to gain.
class Voice {
 public:
  // What moves the samples that drive it: so many coordinates, and the distance between two channels'.
  struct Driver {
    std::size_t coordinates = 0, stride = 0;
  };

  Voice(const ChainModel& model, const CompressorPoint& point, std::span<const int> channels, Driver driver,
        int rate_hz)
      : point_(point),
        detector_(model.compressor.detector),
        link_(model.compressor.stereo_link),
        channels_(channels.size()),
        driver_(driver),
        gain_(make_gain_tangents(model.compressor, point, driver.coordinates, rate_hz)) {}

  // `frame`: the driver's samples; by: derivatives of each, channel after channel.
  AAPP_KERNEL_INLINE void step(std::span<const double> frame, std::span<const double> by, FrameGain& out) {
    const double raw = detect(frame, by);
    std::span<const double> over_by;
    const double over =
        gain_->step(raw, std::span<const double>(raw_by_).first(driver_.coordinates), over_by);
    const double slope = -kNeperPerDb * point_[kSlope];
    out.gain = db_to_gain(point_[kOffsetDb] - point_[kSlope] * (point_[kThresholdDb] + over));
    for (std::size_t k = 0; k < kCarriedCoordinates; ++k) out.ln_by[k] = slope * over_by[k];
    out.ln_by[kThresholdDb] += slope;
    out.ln_by[kSlope] = -kNeperPerDb * (point_[kThresholdDb] + over);
    out.ln_by[kOffsetDb] = kNeperPerDb;
    for (std::size_t k = 0; k < driver_.coordinates; ++k)
      out.ln_by_driver[k] = slope * over_by[kCarriedCoordinates + k];
  }

 private:
  AAPP_KERNEL_INLINE double detect(std::span<const double> frame, std::span<const double> by) {
    if (channels_ == 1) {
      spread(by, slope_of(frame[0]), Put::first);
      return dsp::detect(detector_, frame[0]);
    }
    const double share = 1.0 / static_cast<double>(channels_);
    if (link_ == dsp::StereoLink::max) {
      const auto loudest =
          std::ranges::max_element(frame, [](double a, double b) { return std::abs(a) < std::abs(b); });
      const auto c = static_cast<std::size_t>(loudest - frame.begin());
      spread(by.subspan(c * driver_.stride), slope_of(*loudest), Put::first);
    } else {
      const double sum = std::accumulate(frame.begin(), frame.end(), 0.0);
      for (std::size_t c = 0; c < channels_; ++c) {
        const double sample = link_ == dsp::StereoLink::mid ? share * sum : frame[c];
        spread(by.subspan(c * driver_.stride), share * slope_of(sample), c == 0 ? Put::first : Put::more);
      }
    }
    return dsp::detect_linked(detector_, link_, frame);
  }
  double slope_of(double sample) const {
    if (detector_ != dsp::Detector::peak) return 2.0 * sample;
    return sample < 0.0 ? -1.0 : 1.0;
  }
  enum class Put { first, more };
  AAPP_KERNEL_INLINE void spread(std::span<const double> by, double slope, Put put) {
    for (std::size_t k = 0; k < driver_.coordinates; ++k)
      raw_by_[k] = (put == Put::first ? 0.0 : raw_by_[k]) + slope * by[k];
  }

  CompressorPoint point_;
  dsp::Detector detector_;
  dsp::StereoLink link_;
  std::size_t channels_;
  Driver driver_;
  std::unique_ptr<GainTangents> gain_;
  std::array<double, kMaxDriverCoordinates> raw_by_{};
};

}  // namespace aapp::fit
