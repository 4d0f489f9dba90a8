// One gain of a chain's model at work, tile by tile with its derivatives: the channels that share it, from
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
#include <vector>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/gain_tangents.h"
#include "common/base/units.h"
#include "common/dsp/quick_double.h"
#include "common/dsp/simd.h"
#include "common/dsp/vec.h"

namespace aapp::fit {

class Voice {
 public:
  // `driver_groups`: what moves the samples that drive it has so many coordinates, in fours.
  Voice(const ChainModel& model, const CompressorPoint& point, std::size_t channels,
        std::size_t driver_groups, int rate_hz)
      : point_(point),
        detector_(model.compressor.detector),
        link_(model.compressor.stereo_link),
        channels_(channels),
        groups_(driver_groups),
        tangents_(make_gain_tangents(model.compressor, point, driver_groups, rate_hz)),
        raw_by_(kTileFrames * driver_groups) {}

  // The next frames, at most kTileFrames: the samples that drive it, frame after frame; their derivatives,
  // the groups of each channel of each frame.
  AAPP_KERNEL_INLINE void run(const double* samples, const dsp::VecCell* by, std::size_t frames) {
    double raw[kTileFrames];
    for (std::size_t n = 0; n < frames; ++n) {
      raw_by_frame_ = raw_by_.data() + n * groups_;
      raw[n] = detect(std::span(samples + n * channels_, channels_), by + n * channels_ * groups_);
    }
    tangents_->run(raw, raw_by_.data(), frames);
    const double makeup_db = point_[kOffsetDb] - point_[kSlope] * point_[kThresholdDb];
    for (std::size_t n = 0; n < frames; ++n) {
      // No vector would take a library's exponential.
      const dsp::QuickDouble<dsp::MulAdd::separate> gain_db = makeup_db - point_[kSlope] * tangents_->over(n);
      gain_[n] = db_to_gain(gain_db).value;
    }
  }

  // Of the n-th of these frames: the factor on its samples; the derivatives of its logarithm by the
  // compressor's coordinates; those by four of the driver's.
  double gain(std::size_t n) const { return gain_[n]; }
  AAPP_KERNEL_INLINE std::array<double, kCompressorCoordinates> ln_by(std::size_t n) const {
    const dsp::Vec* by = tangents_->by(n);
    const double slope = -kNeperPerDb * point_[kSlope];
    std::array<double, kCompressorCoordinates> ln;
    for (std::size_t k = 0; k < dsp::kLanes; ++k) ln[k] = slope * by[0][k];
    ln[kThresholdDb] += slope;
    ln[kLnWindow] = slope * by[1][0];
    ln[kSlope] = -kNeperPerDb * (point_[kThresholdDb] + tangents_->over(n));
    ln[kOffsetDb] = kNeperPerDb;
    return ln;
  }
  AAPP_KERNEL_INLINE void ln_by_driver(std::size_t n, std::size_t group, dsp::Vec& ln) const {
    ln = -kNeperPerDb * point_[kSlope] * tangents_->by(n)[kOwnGroups + group];
  }

 private:
  AAPP_KERNEL_INLINE double detect(std::span<const double> frame, const dsp::VecCell* by) {
    if (channels_ == 1) {
      spread(by, slope_of(frame[0]), Put::first);
      return dsp::detect(detector_, frame[0]);
    }
    const double share = 1.0 / static_cast<double>(channels_);
    if (link_ == dsp::StereoLink::max) {
      const auto loudest =
          std::ranges::max_element(frame, [](double a, double b) { return std::abs(a) < std::abs(b); });
      const auto c = static_cast<std::size_t>(loudest - frame.begin());
      spread(by + c * groups_, slope_of(*loudest), Put::first);
    } else {
      const double sum = std::accumulate(frame.begin(), frame.end(), 0.0);
      for (std::size_t c = 0; c < channels_; ++c) {
        const double sample = link_ == dsp::StereoLink::mid ? share * sum : frame[c];
        spread(by + c * groups_, share * slope_of(sample), c == 0 ? Put::first : Put::more);
      }
    }
    return dsp::detect_linked(detector_, link_, frame);
  }
  double slope_of(double sample) const {
    if (detector_ != dsp::Detector::peak) return 2.0 * sample;
    return sample < 0.0 ? -1.0 : 1.0;
  }
  enum class Put { first, more };
  AAPP_KERNEL_INLINE void spread(const dsp::VecCell* by, double slope, Put put) {
    for (std::size_t g = 0; g < groups_; ++g) {
      dsp::Vec& sum = raw_by_frame_[g].four;
      sum = (put == Put::first ? dsp::Vec{} : sum) + slope * by[g].four;
    }
  }

  CompressorPoint point_;
  dsp::Detector detector_;
  dsp::StereoLink link_;
  std::size_t channels_, groups_;
  std::unique_ptr<GainTangents> tangents_;
  std::vector<dsp::VecCell> raw_by_;  // of every frame
  dsp::VecCell* raw_by_frame_ = nullptr;
  double gain_[kTileFrames];
};

}  // namespace aapp::fit
