// Equaliser and compressor together, sample by sample: the difference between the wet recording and the
// model's, with its derivatives by every parameter of both, summed up into normal equations as it goes. A
// minute of audio has millions of residuals; what a solver needs of them is J'J, J'r and r'r, which are
// small.
//
// Parameters in this order: ln frequency, gain, ln Q of every band, then the compressor's coordinates
// (CompressorCoordinate), whose offset holds the chain's level. Residuals are whitened by the error model and
// robust (pseudo-Huber), as those of compressor_fit.h.
#pragma once

#include <cstddef>
#include <vector>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/compressor_data.h"
#include "analyze/fit/normal_equations.h"

namespace aapp::fit {

class ChainResiduals {
 public:
  // `kind`: one of the two with both. Every `stride`-th frame is a residual; all frames run through the
  // model. The excerpt has to outlive this. Long excerpts run in two parts, whatever the threads.
  ChainResiduals(const PairExcerpt& excerpt, ChainKind kind, const ErrorModel& error, std::size_t stride,
                 int threads = 1);

  // At the model's bands and at `point` for its compressor (whose numbers are not looked at).
  NormalEquations at(const ChainModel& model, const CompressorPoint& point) const;
  // Their sum_squares alone, from samples in single precision: for a tenth of the work.
  double sum_squares(const ChainModel& model, const CompressorPoint& point) const;

  // How many residuals there are.
  std::size_t count() const;

 private:
  // Frames: the model runs over [from, to); what is compared begins at compared_from.
  struct Part {
    std::size_t from, compared_from, to;
  };
  NormalEquations run(const Part& part, const ChainModel& model, const CompressorPoint& point) const;
  double sum_squares(const Part& part, const ChainModel& model) const;

  const PairExcerpt& excerpt_;
  ChainKind kind_;
  std::size_t stride_;
  int threads_;
  std::vector<Part> parts_;
  std::vector<std::vector<float>> weight_;  // of every block of every channel; 0: not compared
};

// The error model that a chain's differences from the wet recording show.
ErrorModel estimate_chain_error(const ChainModel& model, const PairExcerpt& excerpt);

}  // namespace aapp::fit
