// Single steps of the compressor with their exact derivatives: the knee, the way into and out of a smoothing
// domain, a one-pole, the ballistics. Values carry as many derivatives as the caller has coordinates
// (Track<N>); compressor_sensitivity runs them for the compressor's own parameters, gain_tangents also for
// those of an equaliser before it.
//
// They are the steps of dsp/compressor_model.h, dsp/gain_curve.h and dsp/ballistics.h; tests hold them
// against those formulas on ceres::Jet. The branch that the ballistics take is treated as constant: the state
// is continuous where they switch.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "common/base/units.h"
#include "common/dsp/compressor_model.h"

namespace aapp::fit {

inline constexpr double kNeperPerDb = 0.11512925464970228420;  // ln(10) / 20
inline constexpr double kDbPerNeper = 1.0 / kNeperPerDb;

// Of a compressor that turns down 1 dB for every dB over the threshold: dB of level to dB of reduction, as
// the knee counts them. dsp::gain_curve_db for slope 1, sign turned, with its derivatives.
struct UnitCurve {
  double threshold_db, knee_db, half_knee, per_knee;

  UnitCurve(double threshold, double knee)
      : threshold_db(threshold),
        knee_db(knee),
        half_knee(0.5 * knee_db),
        per_knee(knee_db > 0.0 ? 1.0 / knee_db : 0.0) {}

  double lowest_db() const { return threshold_db - half_knee; }
  // The derivative by the threshold is -by_level.
  double operator()(double level_db, double& by_level, double& by_knee) const {
    const double over = level_db - threshold_db;
    if (over >= half_knee) {
      by_level = 1.0, by_knee = 0.0;
      return over;
    }
    if (over <= -half_knee) {
      by_level = by_knee = 0.0;
      return 0.0;
    }
    const double part = (over + half_knee) * per_knee;
    by_level = part;
    by_knee = 0.5 * part * (1.0 - part);
    return 0.5 * knee_db * part * part;
  }
};

// A smoothed value in dB, and what a change of the value does to it.
struct LevelInDb {
  double db, by_value;
};

template <dsp::Smoothing smoothing>
LevelInDb level_in_db(double value) {
  if constexpr (smoothing == dsp::Smoothing::level_linear) return {gain_to_db(value), kDbPerNeper / value};
  if constexpr (smoothing == dsp::Smoothing::level_power)
    return {power_to_db(value), 0.5 * kDbPerNeper / value};
  return {value, 1.0};
}

inline LevelInDb level_in_db(dsp::Smoothing smoothing, double value) {
  switch (smoothing) {
    case dsp::Smoothing::level_linear:
      return level_in_db<dsp::Smoothing::level_linear>(value);
    case dsp::Smoothing::level_power:
      return level_in_db<dsp::Smoothing::level_power>(value);
    default:
      return {value, 1.0};
  }
}

// The domain that a level is brought into before the ballistics (or, for gain_db, before the curve).
constexpr dsp::Smoothing level_domain(dsp::Smoothing smoothing) {
  return smoothing == dsp::Smoothing::gain_db ? dsp::Smoothing::level_db : smoothing;
}

// What a change of the detector's level (amplitude for peak, power for rms) does to dsp::detected_in_domain,
// whose result is `value`. Nothing at the floor.
inline double domain_slope(dsp::Detector detector, dsp::Smoothing domain, double value, double level) {
  const bool amplitude = detector == dsp::Detector::peak;
  if (!(level > (amplitude ? dsp::kLevelFloorGain : dsp::kLevelFloorPower))) return 0.0;
  switch (domain) {
    case dsp::Smoothing::level_linear:
      return amplitude ? 1.0 : 0.5 / value;
    case dsp::Smoothing::level_power:
      return amplitude ? 2.0 * level : 1.0;
    default:
      return (amplitude ? 1.0 : 0.5) * kDbPerNeper / level;
  }
}

struct Pole {
  double value, by_ln;  // by ln of its time constant

  Pole(double ln_ms, double rate_hz) : value(time_constant_to_pole(std::exp(ln_ms), rate_hz)) {
    by_ln = value > 0.0 ? -value * std::log(value) : 0.0;
  }
};

// A value with its derivatives by N coordinates.
template <std::size_t N>
struct Track {
  double value = 0.0;
  std::array<double, N> by{};
};

enum class Derivatives { none, all };

// One step of a one-pole towards `input`; `time` is the coordinate that holds the pole's time constant.
template <Derivatives derive, std::size_t N>
void follow_one_pole(Track<N>& state, double input, const std::array<double, N>& by, const Pole& pole,
                     std::size_t time) {
  if constexpr (derive == Derivatives::all) {
    for (std::size_t i = 0; i < N; ++i) state.by[i] = by[i] + pole.value * (state.by[i] - by[i]);
    state.by[time] += pole.by_ln * (state.value - input);
  }
  state.value = dsp::one_pole_step(state.value, input, pole.value);
}

// dsp::ballistics_step with derivatives. `attack_index`: the coordinate that holds ln attack; ln release is
// the next.
template <dsp::Ballistics kind, std::size_t N, Derivatives derive>
class Follower {
 public:
  Follower(const Pole& attack, const Pole& release, std::size_t attack_index, double rest)
      : attack_(attack), release_(release), attack_index_(attack_index) {
    held_.value = smoothed_.value = rest;
  }

  const Track<N>& step(double input, const std::array<double, N>& by) {
    if constexpr (kind == dsp::Ballistics::branching) {
      if (input > smoothed_.value) {
        follow_one_pole<derive>(smoothed_, input, by, attack_, attack_index_);
      } else {
        follow_one_pole<derive>(smoothed_, input, by, release_, attack_index_ + 1);
      }
    } else {
      // The peak holder falls, or is raised.
      if (input > dsp::one_pole_step(held_.value, input, release_.value)) {
        held_.value = input;
        if constexpr (derive == Derivatives::all) held_.by = by;
      } else {
        follow_one_pole<derive>(held_, input, by, release_, attack_index_ + 1);
      }
      follow_one_pole<derive>(smoothed_, held_.value, held_.by, attack_, attack_index_);
    }
    return smoothed_;
  }

 private:
  Pole attack_, release_;
  std::size_t attack_index_;
  Track<N> held_, smoothed_;
};

}  // namespace aapp::fit
