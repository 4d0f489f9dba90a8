#include "analyze/fit/gain_tangents.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace aapp::fit {
namespace {

using dsp::Ballistics;
using dsp::Detector;
using dsp::Smoothing;

// Mean over the last window, interpolated between whole frames as level_input does it.
template <std::size_t N>
class BoxMean {
 public:
  BoxMean(double window_ms, double rate_hz)
      : window_(std::max(1.0, window_ms * rate_hz / 1000.0)),
        part_(window_ - std::floor(window_)),
        ring_(static_cast<std::size_t>(window_)) {}

  Track<N> step(double raw, const std::array<double, N>& raw_by) {
    Track<N>& oldest = ring_[at_];
    Track<N> mean;
    sum_.value = std::max(0.0, sum_.value + raw - oldest.value);
    mean.value = (sum_.value + part_ * oldest.value) / window_;
    for (std::size_t i = 0; i < N; ++i) {
      sum_.by[i] += raw_by[i] - oldest.by[i];
      mean.by[i] = (sum_.by[i] + part_ * oldest.by[i]) / window_;
    }
    mean.by[kLnWindow] += oldest.value - mean.value;
    oldest = {raw, raw_by};
    if (++at_ == ring_.size()) at_ = 0;
    return mean;
  }

 private:
  double window_, part_;
  std::vector<Track<N>> ring_;
  std::size_t at_ = 0;
  Track<N> sum_;
};

// N: carried coordinates, rounded up; the last ones stay 0.
template <Ballistics kind, std::size_t N>
class Gain final : public GainTangents {
 public:
  Gain(const effects::CompressorParams& topology, const CompressorPoint& p, std::size_t driver,
       double rate_hz)
      : detector_(topology.detector),
        smoothing_(topology.smoothing),
        curve_(p[kThresholdDb], p[kKneeDb]),
        driver_(driver),
        window_(p[kLnWindow], rate_hz),
        box_(topology.detector == Detector::rms_box ? std::exp(p[kLnWindow]) : 0.0, rate_hz),
        follower_({p[kLnAttack], rate_hz}, {p[kLnRelease], rate_hz}, kLnAttack,
                  dsp::released_state<double>(topology.smoothing).ballistics.smoothed) {}

  double step(double raw, std::span<const double> raw_by, std::span<const double>& by) override {
    const Track<N> level = in_domain(raw, raw_by);
    const double reduction = smoothing_ == Smoothing::gain_db ? smooth_gain(level) : smooth_level(level);
    by = std::span<const double>(by_).first(kCarriedCoordinates + driver_);
    return reduction;
  }

 private:
  Track<N> in_domain(double raw, std::span<const double> raw_by) {
    std::copy_n(raw_by.begin(), driver_, raw_by_.begin() + kCarriedCoordinates);
    if (detector_ == Detector::rms) {
      follow_one_pole<Derivatives::all>(mean_, raw, raw_by_, window_, kLnWindow);
    } else if (detector_ == Detector::rms_box) {
      mean_ = box_.step(raw, raw_by_);
    } else {
      mean_ = {raw, raw_by_};
    }
    const Smoothing domain = level_domain(smoothing_);
    Track<N> level;
    level.value = dsp::detected_in_domain(detector_, domain, mean_.value);
    const double slope = domain_slope(detector_, domain, level.value, mean_.value);
    for (std::size_t i = 0; i < N; ++i) level.by[i] = slope * mean_.by[i];
    return level;
  }

  double smooth_gain(const Track<N>& level) {
    const Track<N> over = through_curve(level);
    const Track<N>& state = follower_.step(over.value, over.by);
    by_ = state.by;
    return state.value;
  }

  double smooth_level(const Track<N>& level) {
    const Track<N>& state = follower_.step(level.value, level.by);
    const LevelInDb now = level_in_db(smoothing_, state.value);
    Track<N> in_db{now.db, state.by};
    for (double& d : in_db.by) d *= now.by_value;
    const Track<N> over = through_curve(in_db);
    by_ = over.by;
    return over.value;
  }

  Track<N> through_curve(const Track<N>& level_db) const {
    double by_level = 0.0, by_knee = 0.0;
    Track<N> over;
    over.value = curve_(level_db.value, by_level, by_knee);
    for (std::size_t i = 0; i < N; ++i) over.by[i] = by_level * level_db.by[i];
    over.by[kThresholdDb] -= by_level;
    over.by[kKneeDb] += by_knee;
    return over;
  }

  Detector detector_;
  Smoothing smoothing_;
  UnitCurve curve_;
  std::size_t driver_;
  Pole window_;
  BoxMean<N> box_;
  Follower<kind, N, Derivatives::all> follower_;
  Track<N> mean_;
  std::array<double, N> raw_by_{}, by_{};
};

template <std::size_t N>
std::unique_ptr<GainTangents> make(const effects::CompressorParams& topology, const CompressorPoint& point,
                                   std::size_t driver, double rate_hz) {
  if (kCarriedCoordinates + driver > N) {
    if constexpr (N < kCarriedCoordinates + kMaxDriverCoordinates)
      return make < N < 32 ? N + 8 : 2 * N > (topology, point, driver, rate_hz);
  }
  if (topology.ballistics == Ballistics::branching)
    return std::make_unique<Gain<Ballistics::branching, N>>(topology, point, driver, rate_hz);
  return std::make_unique<Gain<Ballistics::decoupled, N>>(topology, point, driver, rate_hz);
}

}  // namespace

std::unique_ptr<GainTangents> make_gain_tangents(const effects::CompressorParams& topology,
                                                 const CompressorPoint& point, std::size_t driver_coordinates,
                                                 double rate_hz) {
  assert(driver_coordinates <= kMaxDriverCoordinates);
  return make<8>(topology, point, driver_coordinates, rate_hz);
}

}  // namespace aapp::fit
