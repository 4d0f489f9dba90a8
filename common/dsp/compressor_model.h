// The arithmetic of the compressor, frame by frame: from the raw level of a frame (level_detector.h) to a
// gain in dB, in every topology. Pure and templated on the scalar: effects/compressor.cpp runs it in double,
// the fit on derivatives. No parameter of a musician here but what they come to at one rate: poles and curve.
//
//   raw -> [rms: one-pole average of x^2] -> level -> into the smoothing domain (gain_db: through the curve
//   first)
//       -> ballistics -> gain in dB (level domains: through the curve now)
//
// Source: Giannoulis, Massberg, Reiss 2012 (see gain_curve.h and ballistics.h). Levels below -120 dB count as
// -120 dB: the level is raised to that floor before it enters its domain, so no logarithm meets 0 and no
// state a denormal.
#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "common/base/units.h"
#include "common/dsp/ballistics.h"
#include "common/dsp/gain_curve.h"
#include "common/dsp/level_detector.h"
#include "common/dsp/one_pole.h"
#include "common/dsp/pick.h"
#include "common/dsp/simd.h"

namespace aapp::dsp {

enum class Smoothing {
  gain_db,       // the curve first; its output in dB is smoothed
  level_db,      // the level is smoothed in dB, the curve after
  level_linear,  // the level is smoothed as amplitude
  level_power,   // the level is smoothed as power
};

inline constexpr std::array<std::string_view, 4> kSmoothingNames{"gain_db", "level_db", "level_linear",
                                                                 "level_power"};

inline constexpr double kLevelFloorDb = -120.0;
inline constexpr double kLevelFloorGain = 1e-6;
inline constexpr double kLevelFloorPower = 1e-12;

struct CompressorTopology {
  Detector detector = Detector::peak;
  Smoothing smoothing = Smoothing::gain_db;
  Ballistics ballistics = Ballistics::branching;
  bool operator==(const CompressorTopology&) const = default;
};

template <class T>
struct CompressorModel {
  GainCurve<T> curve;
  BallisticsPoles<T> poles;
  T rms_pole;  // detector rms only
  bool operator==(const CompressorModel&) const = default;
};

template <class T>
struct CompressorState {
  T mean_square;  // detector rms only
  BallisticsState<T> ballistics;
};

// A level as the detector gives it (peak: amplitude, rms: power), raised to the floor, in dB.
template <class T>
AAPP_KERNEL_INLINE T detected_db(Detector detector, T level) {
  if (detector == Detector::peak) return gain_to_db(larger(level, T(kLevelFloorGain)));
  return power_to_db(larger(level, T(kLevelFloorPower)));
}

// The same level in a smoothing domain that holds levels (any but gain_db).
template <class T>
AAPP_KERNEL_INLINE T detected_in_domain(Detector detector, Smoothing domain, T level) {
  using std::sqrt;
  if (domain == Smoothing::level_db) return detected_db(detector, level);
  if (detector == Detector::peak) {
    const T amplitude = larger(level, T(kLevelFloorGain));
    return domain == Smoothing::level_linear ? amplitude : amplitude * amplitude;
  }
  const T power = larger(level, T(kLevelFloorPower));
  return domain == Smoothing::level_linear ? T(sqrt(power)) : power;
}

// Back from a smoothing domain that holds levels to dB.
template <class T>
AAPP_KERNEL_INLINE T domain_to_db(Smoothing domain, T value) {
  switch (domain) {
    case Smoothing::level_linear:
      return gain_to_db(value);
    case Smoothing::level_power:
      return power_to_db(value);
    default:
      return value;
  }
}

// The other way round.
template <class T>
T db_to_domain(Smoothing domain, T level_db) {
  switch (domain) {
    case Smoothing::level_linear:
      return db_to_gain(level_db);
    case Smoothing::level_power:
      return db_to_power(level_db);
    default:
      return level_db;
  }
}

// Fully released: no gain reduction, levels at the floor.
template <class T>
CompressorState<T> released_state(Smoothing smoothing) {
  const T rest = smoothing == Smoothing::gain_db ? T(0.0) : db_to_domain(smoothing, T(kLevelFloorDb));
  return {T(0.0), {rest, rest}};
}

// What the ballistics follow: for smoothing gain_db the reduction in dB, taken positive, that the level asks
// for; else the level in its domain. `level` as the detector gives it, averaged where the detector averages.
template <class T>
AAPP_KERNEL_INLINE T control_for_level(const CompressorTopology& topology, const GainCurve<T>& curve,
                                       T level) {
  if (topology.smoothing == Smoothing::gain_db)
    return -gain_curve_db(curve, detected_db(topology.detector, level));
  return detected_in_domain(topology.detector, topology.smoothing, level);
}

// The gain in dB, 0 or less, that the smoothed control signal stands for.
template <class T>
AAPP_KERNEL_INLINE T gain_db_for_control(Smoothing smoothing, const GainCurve<T>& curve, T control) {
  if (smoothing == Smoothing::gain_db) return -control;
  return gain_curve_db(curve, domain_to_db(smoothing, control));
}

// Moves the state one frame on. `raw` as detect or detect_linked gives it. Returns the curve's gain in dB, 0
// or less, without make-up and mix.
template <class T>
T compressor_gain_db(const CompressorTopology& topology, const CompressorModel<T>& model, T raw,
                     CompressorState<T>& state) {
  if (topology.detector == Detector::rms) {
    raw = state.mean_square = one_pole_step(state.mean_square, raw, model.rms_pole);
  }
  const T wanted = control_for_level(topology, model.curve, raw);
  const T smoothed = ballistics_step(topology.ballistics, model.poles, wanted, state.ballistics);
  return gain_db_for_control(topology.smoothing, model.curve, smoothed);
}

// The state in topology `to` from which it goes on where `state` in topology `from` has come to, as nearly as
// that can be said: the gain is the same; a level that a gain does not tell is taken from the foot of the
// knee.
template <class T>
CompressorState<T> translated_state(const CompressorTopology& from, const CompressorTopology& to,
                                    const GainCurve<T>& curve, const CompressorState<T>& state) {
  if (from == to) return state;
  const T value = state.ballistics.smoothed;
  const bool from_gain = from.smoothing == Smoothing::gain_db;
  const T level_db = from_gain ? level_for_gain_db(curve, T(-value)) : domain_to_db(from.smoothing, value);
  if (from_gain && to.smoothing == Smoothing::gain_db) return {db_to_power(level_db), {value, value}};
  const T there = to.smoothing == Smoothing::gain_db ? T(-gain_curve_db(curve, level_db))
                                                     : db_to_domain(to.smoothing, level_db);
  return {db_to_power(level_db), {there, there}};
}

// The factor on the sample: mix in [0, 1] of the compressed signal with its make-up, the rest dry.
template <class T>
AAPP_KERNEL_INLINE T compressor_gain(T gain_db, T makeup_db, T mix) {
  return mix * db_to_gain(gain_db + makeup_db) + (1.0 - mix);
}

}  // namespace aapp::dsp
