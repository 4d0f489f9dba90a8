// Minimum and maximum for formulas: on doubles, on derivatives (the branch taken decides) and on QuickDouble,
// where they are one instruction and no branch.
#pragma once

namespace aapp::dsp {

template <class T>
T larger(T a, T b) {
  return a > b ? a : b;
}

template <class T>
T smaller(T a, T b) {
  return a < b ? a : b;
}

}  // namespace aapp::dsp
