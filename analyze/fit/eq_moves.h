// The ways in which the search leaves a minimum: a few bands are torn out, at random or around one frequency,
// and planted again where the residual asks for them, or all are shaken.
#pragma once

#include "analyze/fit/eq_seeds.h"

namespace aapp::fit {

// A new start from solved bands; as many bands as it was given. Measured on the curves of bench/eq_curves:
// tearing out one or two bands finds most of the improvements per step of the solver, a neighbourhood of two
// or three nearly as many and others; shaking and purely random bands find few (docs/eq-fitting.md).
Bands propose_start(const Bands& bands, const EqSeeds& dictionary, Random& random);

}  // namespace aapp::fit
