// How sure the compressor's parameters are: intervals and identified flags in the musician's units, from the
// curvature of the fit and from how its residuals really scatter.
//
// The residuals of neighbouring blocks are not independent where the model is not exact, so the covariance is
// the "sandwich" H^-1 B H^-1 with B summed over segments of 100 ms (Huber 1967; White, "Maximum Likelihood
// Estimation of Misspecified Models", Econometrica 50, 1982). Where nothing but noise is left it equals the
// textbook's s^2 H^-1.
#pragma once

#include "analyze/fit/compressor_fit.h"
#include "analyze/fit/uncertainty.h"

namespace aapp::fit {

// Names are relative to the compressor's node: "/params/ratio".
UncertaintyReport compressor_uncertainty(const CompressorData& data, const effects::CompressorParams& fitted,
                                         const ErrorModel& error);

}  // namespace aapp::fit
