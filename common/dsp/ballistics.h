// Attack and release: how a compressor's control signal follows what the signal asks for. Pure steps,
// templated on the scalar, so that the effect, the fit (on derivatives) and the tests run the same lines. The
// control signal grows with compression: a level, or a gain reduction in dB taken positive.
//
// Source: Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design: A Tutorial and Analysis", J.
// Audio Eng. Soc. 60(6), 2012: the smooth branching and the smooth decoupled peak detector.
#pragma once

#include <array>
#include <string_view>

#include "common/dsp/one_pole.h"

namespace aapp::dsp {

enum class Ballistics {
  branching,  // one one-pole; attack while the input is above the state, release otherwise
  decoupled,  // a peak holder that releases, then a one-pole with the attack: attack lengthens release
};

inline constexpr std::array<std::string_view, 2> kBallisticsNames{"branching", "decoupled"};

template <class T>
struct BallisticsPoles {
  T attack;  // time_constant_to_pole, in [0, 1)
  T release;
  bool operator==(const BallisticsPoles&) const = default;
};

template <class T>
struct BallisticsState {
  T held;  // decoupled only: the peak holder
  T smoothed;
};

// Moves the state one frame on and returns state.smoothed.
template <class T>
T ballistics_step(Ballistics kind, const BallisticsPoles<T>& poles, T input, BallisticsState<T>& state) {
  if (kind == Ballistics::branching) {
    state.smoothed =
        one_pole_step(state.smoothed, input, input > state.smoothed ? poles.attack : poles.release);
  } else {
    const T falling = one_pole_step(state.held, input, poles.release);
    state.held = input > falling ? input : falling;
    state.smoothed = one_pole_step(state.smoothed, state.held, poles.attack);
  }
  return state.smoothed;
}

}  // namespace aapp::dsp
