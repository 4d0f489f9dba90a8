// A step of all settings of a plan at once: bands and compressor together, by how what is played answers to
// each of them. The equaliser's own fit knows nothing of levels and the compressor's nothing of spectra;
// where they stand against each other only this sees both. It sets out from a plan that they made and stays
// near it: Gauss-Newton steps on third octaves and level quantiles, derivatives by playing the plan with each
// setting moved a little.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "analyze/fit/dynamics_target.h"
#include "analyze/fit/eq_fit.h"
#include "analyze/fit/fit_plan.h"
#include "analyze/fit/spectral_target.h"
#include "analyze/measure/track_profile.h"

namespace aapp::fit {

// What a result should be. Kept by reference.
struct PlanGoal {
  const SpectralTarget& spectrum;
  const DynamicsTarget& dynamics;
  double levels_worth = 1.0;  // of a dB of the 50 ms levels beside a dB RMS of the spectrum
};

// Plays plans side by side: results in their order.
using PlayPlans = std::function<Result<std::vector<measure::TrackProfile>>(std::span<const FitPlan>)>;

// Plans about one step from this one, which sounds like `result`: bold and cautious ones, with the goal's
// worth of levels and with more. Bands stay within the options' bounds. None if there is nothing to move or
// to compare. Which of them is nearer is for the caller to hear.
Result<std::vector<FitPlan>> steps_from(const FitPlan& plan, const measure::TrackProfile& result,
                                        const PlanGoal& goal, const EqFitOptions& eq, const PlayPlans& play);

}  // namespace aapp::fit
