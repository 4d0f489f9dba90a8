// The equaliser of an unpaired fit: what its filters may do, how many of them, and the search for them. The
// target is thirty bands of power (spectral_target.h), which neighbouring bands of unlike recordings make far
// more jagged than any drawn curve: many deep minima, quickly searched.
#pragma once

#include <string>

#include "analyze/fit/eq_fit.h"
#include "analyze/fit/eq_restraint.h"
#include "analyze/fit/fit_options.h"
#include "analyze/fit/spectral_target.h"

namespace aapp::fit {

// With more than this left over, in dB RMS, no band is spared.
inline constexpr double kMuchLeftDb = 0.3;

EqFitOptions unpaired_eq_options(const FitOptions& options, const SpectralTarget& target, double rate_hz);

struct UnpairedEq {
  Bands bands;
  std::string band_count_reason;  // one sentence
  EqFitOptions options;           // those given, with the limits of gain and Q that were enough
};

// With no more gain and Q than needed. Errors as fit_eq's.
Result<UnpairedEq> fit_unpaired_eq(const EqTarget& target, const EqFitOptions& options);

// At once with all that the options allow, from bands that may do more. Errors as fit_eq's.
Result<UnpairedEq> soften_unpaired_eq(const EqTarget& target, const EqFitOptions& options, Bands stronger);

// As many bands as there are, for a target that has moved a little: from where they stand, or, where that
// leaves much, also found anew, where needed within wider limits, up to those of `most`.
enum class EqSearch { nearby, afresh };
UnpairedEq refit_unpaired_eq(const EqTarget& target, UnpairedEq eq, const EqFitOptions& most,
                             EqSearch search);

}  // namespace aapp::fit
