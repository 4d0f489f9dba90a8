// The search for the best set of N bands. Several chains walk from minimum to minimum ("basin hopping"; Wales
// & Doye 1997): each tears a few bands out of its present minimum, plants them elsewhere, solves, and moves
// there if that is not much worse. From time to time the worst chains restart at the best ones' minima.
//
// A chain draws from a random stream of its own and looks at no other between those times, so the result
// depends neither on the number of threads nor on timing.
#pragma once

#include "analyze/fit/eq_seeds.h"

namespace aapp::fit {

struct EqSearchOptions {
  int chains = 8;
  int steps = 200;         // solves per chain
  double rms_done = 1e-4;  // dB; nothing better is looked for
  std::uint64_t seed = 1;
  int threads = 0;
};

struct EqSearchResult {
  std::vector<EqSolution> best;  // of each chain, best first
  int starts = 0;
  int iterations = 0;
};

// Sets of `count` bands. `seeds` are solved sets of that size for the first chains; the others start from
// greedy sets drawn at random.
EqSearchResult search_eq(const EqProblem& problem, const EqSeeds& dictionary, std::size_t count,
                         const std::vector<EqSolution>& seeds, const EqSearchOptions& options);

}  // namespace aapp::fit
