#include "analyze/fit/gain_tangents.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "analyze/fit/gain_tiles.h"
#include "common/dsp/simd.h"

namespace aapp::fit {
namespace {

using dsp::Ballistics;
using dsp::Detector;
using dsp::Smoothing;
using dsp::Vec;

// Mean over the last window, interpolated between whole frames as level_input does it. The window remembers
// in single precision, as level_input's levels are; what leaves it is what entered it.
template <std::size_t kGroups>
class BoxMean {
 public:
  BoxMean(double window_ms, double rate_hz)
      : window_(std::max(1.0, window_ms * rate_hz / 1000.0)),
        part_(window_ - std::floor(window_)),
        frames_(static_cast<std::size_t>(window_)),
        ring_(frames_ * kStride) {}

  AAPP_KERNEL_INLINE void step(double raw, const dsp::VecCell* raw_by, double& mean, Vec* by) {
    Single* const place = ring_.data() + at_ * kStride;
    const double oldest = place->four[0], newest = static_cast<float>(raw);
    const double per_window = 1.0 / window_;
    sum_ = std::max(0.0, sum_ + (newest - oldest));
    mean = (sum_ + part_ * oldest) * per_window;
    place->four = Float4{static_cast<float>(raw), 0.0F, 0.0F, 0.0F};
    by[0] = Vec{};
    by[1] = Vec{oldest - mean, 0.0, 0.0, 0.0};
    for (std::size_t g = kOwnGroups; g < kGroups; ++g) {
      Single& remembered = place[g - kOwnGroups + 1];
      const Vec oldest_by = __builtin_convertvector(remembered.four, Vec);
      remembered.four = __builtin_convertvector(raw_by[g - kOwnGroups].four, Float4);
      sum_by_[g] += __builtin_convertvector(remembered.four, Vec) - oldest_by;
      by[g] = (sum_by_[g] + part_ * oldest_by) * per_window;
    }
    if (++at_ == frames_) at_ = 0;
  }

 private:
  using Float4 = float __attribute__((vector_size(16)));
  struct alignas(Float4) Single {
    Float4 four{};
  };
  static constexpr std::size_t kStride = kGroups - kOwnGroups + 1;  // the value, then the driver's groups

  double window_, part_;
  std::size_t frames_;
  std::vector<Single> ring_;
  std::size_t at_ = 0;
  double sum_ = 0.0;
  Vec sum_by_[kGroups] = {};
};

template <Ballistics kind, std::size_t kGroups>
class Gain : public GainTangents {
 public:
  Gain(const effects::CompressorParams& topology, const CompressorPoint& p, double rate_hz)
      : GainTangents(tile_.value, &tile_.by[0][0], kGroups),
        detector_(topology.detector),
        domain_(level_domain(topology.smoothing)),
        window_(p[kLnWindow], rate_hz),
        box_(topology.detector == Detector::rms_box ? std::exp(p[kLnWindow]) : 0.0, rate_hz),
        stages_(topology.smoothing, p, rate_hz) {}

 protected:
  AAPP_KERNEL_INLINE void run_tile(const double* raw, const dsp::VecCell* raw_by, std::size_t frames) {
    tile_.frames = frames;
    average(raw, raw_by);
    enter_domain();
    stages_.run(tile_);
  }

 private:
  static constexpr std::size_t kDriverGroups = kGroups - kOwnGroups;

  AAPP_KERNEL_INLINE void average(const double* raw, const dsp::VecCell* raw_by) {
    for (std::size_t n = 0; n < tile_.frames; ++n, raw_by += kDriverGroups) {
      if (detector_ == Detector::rms_box) {
        box_.step(raw[n], raw_by, tile_.value[n], tile_.by[n]);
        continue;
      }
      Track<kGroups> level{.value = Vec{} + raw[n]};
      for (std::size_t g = kOwnGroups; g < kGroups; ++g) level.by[g] = raw_by[g - kOwnGroups].four;
      if (detector_ == Detector::rms) follow_mean(level);
      tile_.value[n] = level.value[0];
      for (std::size_t g = 0; g < kGroups; ++g) tile_.by[n][g] = level.by[g];
    }
  }
  AAPP_KERNEL_INLINE void follow_mean(Track<kGroups>& level) {
    const Vec over = mean_.value - level.value;
    derive_one_pole<Derivatives::all, 1>(mean_, level, over, Vec{} + window_.value,
                                         Vec{window_.by_ln, 0.0, 0.0, 0.0});
    mean_.value = level.value + window_.value * over;
    level = mean_;
  }

  AAPP_KERNEL_INLINE void enter_domain() {
    double slope[kTileFrames];
    fit::enter_domain(detector_, domain_, tile_.frames, tile_.value, slope);
    for (std::size_t n = 0; n < tile_.frames; ++n) {
      for (std::size_t g = 0; g < kGroups; ++g) tile_.by[n][g] *= slope[n];
    }
  }

  Detector detector_;
  Smoothing domain_;
  Pole window_;
  BoxMean<kGroups> box_;
  GainStages<kind, kGroups, Derivatives::all> stages_;
  Track<kGroups> mean_;
  GainTile<kGroups> tile_;
};

// One per instruction set; nothing is contracted, so both give the same bits.
template <Ballistics kind, std::size_t kGroups>
class BaselineGain final : public Gain<kind, kGroups> {
 public:
  using Gain<kind, kGroups>::Gain;
  AAPP_KERNEL_BASELINE void run(const double* raw, const dsp::VecCell* raw_by, std::size_t frames) override {
    this->run_tile(raw, raw_by, frames);
  }
};
template <Ballistics kind, std::size_t kGroups>
class Avx2Gain final : public Gain<kind, kGroups> {
 public:
  using Gain<kind, kGroups>::Gain;
  AAPP_KERNEL_AVX2 void run(const double* raw, const dsp::VecCell* raw_by, std::size_t frames) override {
    this->run_tile(raw, raw_by, frames);
  }
};

template <Ballistics kind, std::size_t kGroups>
std::unique_ptr<GainTangents> make_best(const effects::CompressorParams& topology,
                                        const CompressorPoint& point, double rate_hz) {
  static const bool avx2 = dsp::best_simd() == dsp::Simd::avx2;
  if (avx2) return std::make_unique<Avx2Gain<kind, kGroups>>(topology, point, rate_hz);
  return std::make_unique<BaselineGain<kind, kGroups>>(topology, point, rate_hz);
}

// Up to 12 one by one, then doubled.
constexpr std::size_t next_size(std::size_t groups) {
  return groups < 12 ? groups + 1 : 2 * groups;
}

template <std::size_t kGroups>
std::unique_ptr<GainTangents> make(const effects::CompressorParams& topology, const CompressorPoint& point,
                                   std::size_t wanted, double rate_hz) {
  if constexpr (kGroups < kOwnGroups + kMaxDriverGroups) {
    if (wanted > kGroups) return make<next_size(kGroups)>(topology, point, wanted, rate_hz);
  }
  if (topology.ballistics == Ballistics::branching)
    return make_best<Ballistics::branching, kGroups>(topology, point, rate_hz);
  return make_best<Ballistics::decoupled, kGroups>(topology, point, rate_hz);
}

}  // namespace

std::unique_ptr<GainTangents> make_gain_tangents(const effects::CompressorParams& topology,
                                                 const CompressorPoint& point, std::size_t driver_groups,
                                                 double rate_hz) {
  assert(driver_groups <= kMaxDriverGroups);
  return make<kOwnGroups>(topology, point, kOwnGroups + driver_groups, rate_hz);
}

}  // namespace aapp::fit
