// The one-pole smoother, the formula under every time constant of the project. Pure and templated; whoever
// smooths keeps the state. The pole comes from units.h, time_constant_to_pole.
#pragma once

namespace aapp::dsp {

// The next state: 1 - pole of the way from `state` to `input`. pole in [0, 1); 0 follows at once. A state and
// an input on one side of a bound stay there but for rounding.
template <class T>
T one_pole_step(T state, T input, T pole) {
  return input + pole * (state - input);
}

}  // namespace aapp::dsp
