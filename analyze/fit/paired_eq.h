// The equaliser between two recordings that share their time line: bands, level and what is left of a delay,
// fitted to the complex transfer (transfer.h), so that phase and magnitude both count. fit_eq gives the
// starting bands from the magnitude alone.
#pragma once

#include <vector>

#include "analyze/fit/eq_fit.h"
#include "analyze/fit/paired_fit.h"
#include "analyze/fit/step_path.h"
#include "analyze/fit/transfer.h"

namespace aapp::fit {

// Of gain_db: what lies beyond is no level, and would overflow.
inline constexpr Range kFilterLevelDb{-200.0, 200.0};

struct PairedEq {
  effects::EqParams eq;
  double gain_db = 0.0;
  double delay_frames = 0.0;  // of the output behind the input, beyond the bands' own phase
  double cost = 0.0;          // mean squared whitened residual: 1 where nothing but noise is left
  double start_cost = 0.0;    // the same before the bands were moved
  // J'J of the whitened residuals in ln frequency, gain, ln q of every band, then gain_db, then delay_frames.
  std::vector<double> normal_matrix;
  double residuals = 0.0;
};

// Bands from scratch. quick: those that the magnitude calls for, roughly; counted: more of them while the
// phase calls for them, too; thorough: all that the transfer shows.
enum class BandSearch { quick, counted, thorough };
Result<PairedEq> fit_paired_eq(const Transfer& transfer, BandSearch search, const PairedFitOptions& options);

// Bands that were found on a transfer nearly the same: as they are if they leave no more than noise, else
// moved; where that leaves more, as many from scratch, or as many more or less as this one calls for.
Result<PairedEq> improve_paired_eq(const Transfer& transfer, const effects::EqParams& eq,
                                   const PairedFitOptions& options);

// Bands that are known, not moved: what they leave of this transfer, and what it tells of them.
PairedEq measure_paired_eq(const Transfer& transfer, const effects::EqParams& eq, double gain_db,
                           const PairedFitOptions& options);

// The same bands moved to where this transfer wants them.
PairedEq refine_paired_eq(const Transfer& transfer, const PairedEq& start, StepPath path,
                          const PairedFitOptions& options);

}  // namespace aapp::fit
