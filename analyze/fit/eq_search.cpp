#include "analyze/fit/eq_search.h"

#include <algorithm>

#include "analyze/fit/eq_moves.h"
#include "analyze/fit/parallel.h"

namespace aapp::fit {

namespace {

// A chain moves to a minimum that is at most this much worse (cost goes with the square of the error).
constexpr double kAcceptedRise = 0.2;
// A start that is this many times its chain's cost after the probation will not come below it.
constexpr double kHopeless = 6.0;
constexpr int kProbation = 15;
// How often chains are compared, in parts of the search.
constexpr int kLegs = 8;

struct Chain {
  EqSolution present;
  EqSolution best;
  Random random{0};
  int starts = 0;
  int iterations = 0;
};

bool better(const Chain& a, const Chain& b) {
  return a.best.cost < b.best.cost;
}

Bands random_greedy(const EqProblem& problem, const EqSeeds& dictionary, std::size_t count, Random& random) {
  constexpr std::size_t kChoices = 6;
  Bands bands;
  while (bands.size() < count) {
    bands.push_back(dictionary.next_band(bands, kChoices, random));
    bands = solve_eq(problem, bands, {.max_iterations = 8, .tolerance = 1e-3}).bands;
  }
  return bands;
}

void step(Chain& chain, const EqProblem& problem, const EqSeeds& dictionary) {
  const Bands start = propose_start(chain.present.bands, dictionary, chain.random);
  const EqSolution found = solve_eq(problem, start,
                                    {.max_iterations = 150,
                                     .tolerance = 1e-4,
                                     .probation = kProbation,
                                     .abandon_above = kHopeless * chain.present.cost});
  ++chain.starts;
  chain.iterations += found.iterations;
  if (found.cost < (1.0 + kAcceptedRise) * chain.present.cost) chain.present = found;
  if (found.cost < chain.best.cost) chain.best = found;
}

// The worse chains go on from the minima of the better ones. The later, the fewer minima are followed.
void concentrate(std::vector<Chain>& chains, int leg) {
  std::stable_sort(chains.begin(), chains.end(), better);
  if (leg < kLegs / 2) return;
  const std::size_t kept = std::max<std::size_t>(1, chains.size() / (leg < kLegs - 1 ? 3 : 8));
  for (std::size_t c = 0; c < chains.size(); ++c) chains[c].present = chains[c % kept].best;
}

}  // namespace

EqSearchResult search_eq(const EqProblem& problem, const EqSeeds& dictionary, std::size_t count,
                         const std::vector<EqSolution>& seeds, const EqSearchOptions& options) {
  const double done = 0.5 * options.rms_done * options.rms_done;
  for (const EqSolution& seed : seeds) {
    if (seed.cost <= done) return {.best = {seed}};
  }
  std::vector<Chain> chains(static_cast<std::size_t>(options.chains));
  parallel_for(chains.size(), options.threads, [&](std::size_t c) {
    chains[c].random = random_stream(options.seed, c);
    chains[c].present = c < seeds.size()
                            ? seeds[c]
                            : solve_eq(problem, random_greedy(problem, dictionary, count, chains[c].random),
                                       {.max_iterations = 150, .tolerance = 1e-4});
    chains[c].best = chains[c].present;
  });
  for (int leg = 0; leg < kLegs; ++leg) {
    const int steps = options.steps * (leg + 1) / kLegs - options.steps * leg / kLegs;
    parallel_for(chains.size(), options.threads, [&](std::size_t c) {
      for (int s = 0; s < steps && chains[c].best.cost > done; ++s) step(chains[c], problem, dictionary);
    });
    concentrate(chains, leg);
    if (chains.front().best.cost <= done) break;
  }
  std::stable_sort(chains.begin(), chains.end(), better);
  EqSearchResult result;
  for (const Chain& chain : chains) {
    result.best.push_back(chain.best);
    result.starts += chain.starts;
    result.iterations += chain.iterations;
  }
  return result;
}

}  // namespace aapp::fit
