// Single steps of the compressor with their exact derivatives: the knee, the way into and out of a smoothing
// domain, a one-pole, the ballistics. Values carry as many derivatives as the caller has coordinates, four to
// a vector (Track); gain_tiles.h runs them for the compressor's own parameters, gain_tangents also for those
// of an equaliser before it, dynamics_model at control rate.
//
// They are the steps of dsp/compressor_model.h, dsp/gain_curve.h and dsp/ballistics.h; tests hold them
// against those formulas on ceres::Jet. The branch that the ballistics take is treated as constant: the state
// is continuous where they switch. No step branches: on sound, neither the knee nor the ballistics can be
// foretold.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "common/base/units.h"
#include "common/dsp/compressor_choices.h"
#include "common/dsp/compressor_model.h"
#include "common/dsp/quick_double.h"
#include "common/dsp/simd.h"
#include "common/dsp/vec.h"

namespace aapp::fit {

inline constexpr double kNeperPerDb = 0.11512925464970228420;  // ln(10) / 20
inline constexpr double kDbPerNeper = 1.0 / kNeperPerDb;

// A hard knee has no derivative by its width, and a very narrow one next to none: a solver would not see what
// a wider one does, leap, and be turned down. The derivative is that of a knee of this width at least.
inline constexpr double kLeastKneeDb = 1.0;

// Of a compressor that turns down 1 dB for every dB over the threshold: dB of level to dB of reduction, as
// the knee counts them. dsp::gain_curve_db for slope 1, sign turned, with its derivatives.
struct UnitCurve {
  double threshold_db, knee_db, half_knee, per_knee, per_wider;

  UnitCurve(double threshold, double knee)
      : threshold_db(threshold),
        knee_db(knee),
        half_knee(0.5 * knee_db),
        per_knee(knee_db > 0.0 ? 1.0 / knee_db : 0.0),
        per_wider(1.0 / std::max(knee_db, kLeastKneeDb)) {}

  double lowest_db() const { return threshold_db - half_knee; }
  // The derivative by the threshold is -by_level. (Choices, no branches: a compiler takes several at a time.)
  double operator()(double level_db, double& by_level, double& by_knee) const {
    const double over = level_db - threshold_db;
    const double in_knee = over > -half_knee ? (over + half_knee) * per_knee : 0.0;
    const double part = over >= half_knee ? 1.0 : in_knee;  // of the knee that the level has passed
    by_level = part;
    const double in_wider = over * per_wider + 0.5;
    const double wider_part = in_wider > 0.0 ? (in_wider < 1.0 ? in_wider : 1.0) : 0.0;
    by_knee = 0.5 * wider_part * (1.0 - wider_part);
    return 0.5 * knee_db * part * part + (over > half_knee ? over - half_knee : 0.0);
  }
};

// A smoothed value in dB, and what a change of the value does to it.
template <class T>
struct LevelInDb {
  T db, by_value;
};

template <class T>
AAPP_KERNEL_INLINE LevelInDb<T> level_in_db(dsp::Smoothing smoothing, T value) {
  if (smoothing == dsp::Smoothing::level_linear) return {gain_to_db(value), kDbPerNeper / value};
  if (smoothing == dsp::Smoothing::level_power) return {power_to_db(value), 0.5 * kDbPerNeper / value};
  return {value, 1.0};
}

// The domain that a level is brought into before the ballistics (or, for gain_db, before the curve).
constexpr dsp::Smoothing level_domain(dsp::Smoothing smoothing) {
  return smoothing == dsp::Smoothing::gain_db ? dsp::Smoothing::level_db : smoothing;
}

// What a change of the detector's level (amplitude for peak, power for rms) does to dsp::detected_in_domain,
// whose result is `value`. Nothing at the floor.
inline double domain_slope(dsp::Detector detector, dsp::Smoothing domain, double value, double level) {
  const bool amplitude = detector == dsp::Detector::peak;
  const bool heard = level > (amplitude ? dsp::kLevelFloorGain : dsp::kLevelFloorPower);
  double slope = (amplitude ? 1.0 : 0.5) * kDbPerNeper / level;
  if (domain == dsp::Smoothing::level_linear) slope = amplitude ? 1.0 : 0.5 / value;
  if (domain == dsp::Smoothing::level_power) slope = amplitude ? 2.0 * level : 1.0;
  return heard ? slope : 0.0;
}

// Levels of a detector brought into a domain, where they stand, with what a change of each does to it.
AAPP_KERNEL_INLINE void enter_domain(dsp::Detector any_detector, dsp::Smoothing any_domain,
                                     std::size_t frames, double* level, double* slope) {
  // No vector would take a library's logarithm.
  using Quick = dsp::QuickDouble<dsp::MulAdd::separate>;
  dsp::for_detector(
      any_detector, [&](auto detector) __attribute__((always_inline)) {
        dsp::for_smoothing(
            any_domain, [&](auto domain) __attribute__((always_inline)) {
              for (std::size_t n = 0; n < frames; ++n) {
                const double value = dsp::detected_in_domain<Quick>(detector, domain, level[n]).value;
                slope[n] = domain_slope(detector, domain, value, level[n]);
                level[n] = value;
              }
            });
      });
}

struct Pole {
  double value, by_ln;  // by ln of its time constant

  Pole(double ln_ms, double rate_hz) : value(time_constant_to_pole(std::exp(ln_ms), rate_hz)) {
    by_ln = value > 0.0 ? -value * std::log(value) : 0.0;
  }
};

// A value, the same in all lanes, with its derivatives by 4 kGroups coordinates. The first four are always
// those that the ballistics pass through or act by, in the order of CompressorCoordinate: threshold, knee, ln
// attack, ln release.
template <std::size_t kGroups>
struct Track {
  dsp::Vec value{};
  dsp::Vec by[kGroups] = {};
};

enum class Derivatives { none, all };

// The derivatives of a one-pole's step whose state was `over` over its input. by_pole: of the pole, by the
// coordinates of one group, which its time constant is among.
template <Derivatives derive, std::size_t kTimeGroup, std::size_t kGroups>
AAPP_KERNEL_INLINE void derive_one_pole(Track<kGroups>& state, const Track<kGroups>& input,
                                        const dsp::Vec& over, const dsp::Vec& pole, const dsp::Vec& by_pole) {
  if constexpr (derive == Derivatives::all) {
    for (std::size_t g = 0; g < kGroups; ++g) state.by[g] = input.by[g] + pole * (state.by[g] - input.by[g]);
    state.by[kTimeGroup] += by_pole * over;
  }
}

// dsp::ballistics_step with derivatives.
template <dsp::Ballistics kind, std::size_t kGroups, Derivatives derive>
class Follower {
 public:
  Follower(const Pole& attack, const Pole& release, double rest)
      : attack_(dsp::Vec{} + attack.value),
        release_(dsp::Vec{} + release.value),
        by_attack_{0.0, 0.0, attack.by_ln, 0.0},
        by_release_{0.0, 0.0, 0.0, release.by_ln} {
    held_.value = smoothed_.value = dsp::Vec{} + rest;
  }

  AAPP_KERNEL_INLINE const Track<kGroups>& step(const Track<kGroups>& input) {
    if constexpr (kind == dsp::Ballistics::branching) {
      const dsp::Vec over = smoothed_.value - input.value;
      const auto rising = over < 0.0;
      // (Both ways, then one of them: the pole that is chosen need not be waited for.)
      const dsp::Vec risen = input.value + attack_ * over, fallen = input.value + release_ * over;
      smoothed_.value = rising ? risen : fallen;
      derive_one_pole<derive, 0>(smoothed_, input, over, rising ? attack_ : release_,
                                 rising ? by_attack_ : by_release_);
    } else {
      // The peak holder falls, or is raised.
      const dsp::Vec over = held_.value - input.value;
      const dsp::Vec falling = input.value + release_ * over;
      const auto raised = input.value > falling;
      held_.value = raised ? input.value : falling;
      const dsp::Vec nothing{};
      derive_one_pole<derive, 0>(held_, input, over, raised ? nothing : release_,
                                 raised ? nothing : by_release_);
      const dsp::Vec behind = smoothed_.value - held_.value;
      smoothed_.value = held_.value + attack_ * behind;
      derive_one_pole<derive, 0>(smoothed_, held_, behind, attack_, by_attack_);
    }
    return smoothed_;
  }

 private:
  dsp::Vec attack_, release_, by_attack_, by_release_;
  Track<kGroups> held_, smoothed_;
};

}  // namespace aapp::fit
