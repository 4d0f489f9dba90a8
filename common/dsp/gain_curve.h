// The static curve of a compressor: how many dB of gain a level gets once everything has settled. Pure and
// templated: the effect runs it per frame, the fit differentiates it, the report draws it.
//
// Source: Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design: A Tutorial and Analysis", J.
// Audio Eng. Soc. 60(6), 2012, eq. 4: a quadratic knee of knee_db in all, centred on the threshold.
#pragma once

#include <cmath>

#include "common/dsp/pick.h"
#include "common/dsp/simd.h"

namespace aapp::dsp {

template <class T>
struct GainCurve {
  T threshold_db;
  T slope;    // 1 - 1/ratio: dB of gain lost per dB over the threshold; 0 leaves all as it is, 1 is a limiter
  T knee_db;  // >= 0; 0 is a hard knee
  bool operator==(const GainCurve&) const = default;
};

template <class T>
T ratio_to_slope(T ratio) {
  return 1.0 - 1.0 / ratio;
}

// slope < 1
template <class T>
T slope_to_ratio(T slope) {
  return 1.0 / (1.0 - slope);
}

// Gain in dB, 0 or less, for a level in dB. Without a branch, so that a loop over it can be vectorised: what
// is in the knee counts squared, what is above it in full.
template <class T>
AAPP_KERNEL_INLINE T gain_curve_db(const GainCurve<T>& curve, T level_db) {
  const T half_knee = curve.knee_db * 0.5;
  const T over = level_db - curve.threshold_db;
  const T in_knee = smaller(larger(T(over + half_knee), T(0.0)), curve.knee_db);
  const T above = larger(T(over - half_knee), T(0.0));
  const T half_bend = 0.5 / larger(curve.knee_db, T(1e-9));  // a hard knee has nothing in it to bend
  return -curve.slope * (in_knee * in_knee * half_bend + above);
}

// The other way round: the level in dB that gets this gain (0 or less). Where many levels do (0 dB) it is the
// highest of them; where none does (slope 0) likewise.
template <class T>
T level_for_gain_db(const GainCurve<T>& curve, T gain_db) {
  using std::sqrt;
  const T half_knee = curve.knee_db * 0.5;
  if (!(gain_db < T(0.0)) || !(curve.slope > T(0.0))) return curve.threshold_db - half_knee;
  const T over = -gain_db / curve.slope;
  if (over >= half_knee) return curve.threshold_db + over;
  return curve.threshold_db - half_knee + sqrt(2.0 * curve.knee_db * over);
}

}  // namespace aapp::dsp
