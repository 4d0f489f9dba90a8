// One start of the equaliser fit: Levenberg-Marquardt (Ceres) from given bands to the nearest minimum.
#pragma once

#include <limits>

#include "analyze/fit/eq_problem.h"

namespace aapp::fit {

struct EqSolveOptions {
  int max_iterations = 100;
  double tolerance = 1e-8;  // stop when a step lowers the cost by less than this share of it
  // After `probation` iterations a start whose cost is above `abandon_above` is given up.
  int probation = 1000;
  double abandon_above = std::numeric_limits<double>::infinity();
};

struct EqSolution {
  Bands bands;
  double cost = std::numeric_limits<double>::infinity();
  int iterations = 0;
};

// Thread-safe; deterministic. The bands are moved inside the bounds first.
EqSolution solve_eq(const EqProblem& problem, Bands start, const EqSolveOptions& options);

}  // namespace aapp::fit
