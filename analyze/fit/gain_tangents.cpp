#include "analyze/fit/gain_tangents.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "common/dsp/simd.h"
#include "common/dsp/vec.h"

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

  void step(double raw, const std::array<double, N>& raw_by, Track<N>& mean) {
    Track<N>& oldest = ring_[at_];
    const double per_window = 1.0 / window_;
    sum_.value = std::max(0.0, sum_.value + raw - oldest.value);
    mean.value = (sum_.value + part_ * oldest.value) / window_;
    for (std::size_t i = 0; i < N; ++i) {
      sum_.by[i] += raw_by[i] - oldest.by[i];
      mean.by[i] = (sum_.by[i] + part_ * oldest.by[i]) * per_window;
    }
    mean.by[kLnWindow] += oldest.value - mean.value;
    oldest = {raw, raw_by};
    if (++at_ == ring_.size()) at_ = 0;
  }

 private:
  double window_, part_;
  std::vector<Track<N>> ring_;
  std::size_t at_ = 0;
  Track<N> sum_;
};

// N: carried coordinates, rounded up; the last ones stay 0.
template <Ballistics kind, std::size_t N>
class Gain : public GainTangents {
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

 protected:
  AAPP_KERNEL_INLINE double run(double raw, std::span<const double> raw_by, std::span<const double>& by) {
    std::copy_n(raw_by.begin(), driver_, raw_by_.begin() + kCarriedCoordinates);
    enter_domain(average(raw));
    const bool gain = smoothing_ == Smoothing::gain_db;
    if (gain) pass_curve(level_);
    const Track<N>& state = follower_.step(level_.value, level_.by);
    by = std::span<const double>(gain ? state.by : level_.by).first(kCarriedCoordinates + driver_);
    if (gain) return state.value;
    const LevelInDb now = level_in_db(smoothing_, state.value);
    level_.value = now.db;
    for (std::size_t i = 0; i < N; ++i) level_.by[i] = state.by[i] * now.by_value;
    pass_curve(level_);
    return level_.value;
  }

 private:
  // Its derivatives are in mean_.by, or, where nothing is averaged, in raw_by_.
  AAPP_KERNEL_INLINE double average(double raw) {
    if (detector_ == Detector::peak) return raw;
    if (detector_ == Detector::rms) {
      follow_one_pole<Derivatives::all>(mean_, raw, raw_by_, window_, kLnWindow);
    } else {
      box_.step(raw, raw_by_, mean_);
    }
    return mean_.value;
  }

  AAPP_KERNEL_INLINE void enter_domain(double mean) {
    const Smoothing domain = level_domain(smoothing_);
    level_.value = dsp::detected_in_domain(detector_, domain, mean);
    const double slope = domain_slope(detector_, domain, level_.value, mean);
    const std::array<double, N>& by = detector_ == Detector::peak ? raw_by_ : mean_.by;
    for (std::size_t i = 0; i < N; ++i) level_.by[i] = slope * by[i];
  }

  AAPP_KERNEL_INLINE void pass_curve(Track<N>& level) const {
    double by_level = 0.0, by_knee = 0.0;
    level.value = curve_(level.value, by_level, by_knee);
    for (double& d : level.by) d *= by_level;
    level.by[kThresholdDb] -= by_level;
    level.by[kKneeDb] += by_knee;
  }

  Detector detector_;
  Smoothing smoothing_;
  UnitCurve curve_;
  std::size_t driver_;
  Pole window_;
  BoxMean<N> box_;
  Follower<kind, N, Derivatives::all> follower_;
  Track<N> mean_, level_;
  std::array<double, N> raw_by_{};
};

// One per instruction set; nothing is contracted, so both give the same bits.
template <Ballistics kind, std::size_t N>
class BaselineGain final : public Gain<kind, N> {
 public:
  using Gain<kind, N>::Gain;
  AAPP_KERNEL_BASELINE double step(double raw, std::span<const double> raw_by,
                                   std::span<const double>& by) override {
    return this->run(raw, raw_by, by);
  }
};
template <Ballistics kind, std::size_t N>
class Avx2Gain final : public Gain<kind, N> {
 public:
  using Gain<kind, N>::Gain;
  AAPP_KERNEL_AVX2 double step(double raw, std::span<const double> raw_by,
                               std::span<const double>& by) override {
    return this->run(raw, raw_by, by);
  }
};

template <Ballistics kind, std::size_t N>
std::unique_ptr<GainTangents> make_best(const effects::CompressorParams& topology,
                                        const CompressorPoint& point, std::size_t driver, double rate_hz) {
  static const bool avx2 = dsp::best_simd() == dsp::Simd::avx2;
  if (avx2) return std::make_unique<Avx2Gain<kind, N>>(topology, point, driver, rate_hz);
  return std::make_unique<BaselineGain<kind, N>>(topology, point, driver, rate_hz);
}

// Up to 48 in steps of a vector, then doubled.
constexpr std::size_t next_size(std::size_t n) {
  return n < 48 ? n + dsp::kLanes : 2 * n;
}

template <std::size_t N>
std::unique_ptr<GainTangents> make(const effects::CompressorParams& topology, const CompressorPoint& point,
                                   std::size_t driver, double rate_hz) {
  if constexpr (N < kCarriedCoordinates + kMaxDriverCoordinates) {
    if (kCarriedCoordinates + driver > N) return make<next_size(N)>(topology, point, driver, rate_hz);
  }
  if (topology.ballistics == Ballistics::branching)
    return make_best<Ballistics::branching, N>(topology, point, driver, rate_hz);
  return make_best<Ballistics::decoupled, N>(topology, point, driver, rate_hz);
}

}  // namespace

std::unique_ptr<GainTangents> make_gain_tangents(const effects::CompressorParams& topology,
                                                 const CompressorPoint& point, std::size_t driver_coordinates,
                                                 double rate_hz) {
  assert(driver_coordinates <= kMaxDriverCoordinates);
  return make<8>(topology, point, driver_coordinates, rate_hz);
}

}  // namespace aapp::fit
