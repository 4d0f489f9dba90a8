// Conversions between units, each written once for the whole project. Templated on the scalar so that the fit
// can differentiate through them (Ceres Jets) and the effects can run them in float or double.
#pragma once

#include <cmath>

namespace aapp {

inline constexpr double kPi = 3.14159265358979323846;

// Levels of amplitude: 0 dB = 1.0. The argument of gain_to_db must be > 0.
template <class T>
T db_to_gain(T db) {
  using std::exp;
  return exp(db * 0.11512925464970228420);  // ln(10) / 20
}

template <class T>
T gain_to_db(T gain) {
  using std::log;
  return log(gain) * 8.68588963806503655303;  // 20 / ln(10)
}

// Levels of power (mean squares, spectra): 0 dB = 1.0. The argument of power_to_db must be > 0.
template <class T>
T db_to_power(T db) {
  using std::exp;
  return exp(db * 0.23025850929940456840);  // ln(10) / 10
}

template <class T>
T power_to_db(T power) {
  using std::log;
  return log(power) * 4.34294481903251827651;  // 10 / ln(10)
}

// Pole of a one-pole smoother y += (1 - pole) (x - y) that covers 1 - 1/e of a step in time_ms. 0 ms gives 0:
// no smoothing.
template <class T>
T time_constant_to_pole(T time_ms, double rate_hz) {
  using std::exp;
  if (!(time_ms > T(0.0))) return T(0.0);
  return exp(-1000.0 / (time_ms * rate_hz));
}

inline long long ms_to_frames(double time_ms, double rate_hz) {
  return std::llround(time_ms * rate_hz / 1000.0);
}

}  // namespace aapp
