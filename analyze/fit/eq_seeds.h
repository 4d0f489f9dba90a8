// Where a fit starts. A dictionary holds the response of a few hundred single bands; the band that explains
// most of a residual is the next one to add ("residual peeling", the matching pursuit of Mallat & Zhang
// 1993). Refitting after each band gives seeds for 1, 2, 3 ... bands in one pass.
#pragma once

#include "analyze/fit/eq_problem.h"
#include "analyze/fit/eq_solve.h"
#include "analyze/fit/random.h"

namespace aapp::fit {

class EqSeeds {
 public:
  explicit EqSeeds(const EqProblem& problem);

  // No band would change anything: the curve is known at one frequency or so. Then nothing is offered.
  bool empty() const { return atoms_.empty(); }

  // Not if empty. The band to add to `bands`: one of the `choices` best in the dictionary, drawn by `random`;
  // the best for choices = 1. Shapes that the options forbid, or that are used up, are not offered.
  effects::EqBand next_band(const Bands& bands, std::size_t choices, Random& random) const;

  // Not if empty. Greedy: element n - 1 holds n bands, refitted after each addition.
  std::vector<EqSolution> peel(int count, const EqSolveOptions& refit) const;

 private:
  struct Atom {
    effects::EqBand band;       // at the gain that the response below belongs to
    std::vector<double> shape;  // weighted, without its mean, of length 1
    double norm;                // length before that
  };
  void add_atoms(dsp::BandType type, std::size_t frequencies, std::span<const double> qs);
  bool allowed(dsp::BandType type, const Bands& bands) const;

  const EqProblem& problem_;
  std::vector<Atom> atoms_;
};

}  // namespace aapp::fit
