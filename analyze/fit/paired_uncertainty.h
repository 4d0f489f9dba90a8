// How sure the parameters of what was found between two recordings are: of an equaliser, a compressor, or
// both moved together.
//
// Covariance of the compressor's and the chain's: H^-1 B H^-1 ("sandwich") with B summed over segments within
// which residuals may be correlated. Source: White, "Maximum Likelihood Estimation of Misspecified Models",
// Econometrica 50(1), 1982.
#pragma once

#include <string>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/compressor_data.h"
#include "analyze/fit/paired_eq.h"
#include "analyze/fit/uncertainty.h"

namespace aapp::fit {

// Parameters are named as JSON pointers: `node`, then "/params/ratio".
UncertaintyReport eq_uncertainty(const PairedEq& eq, const PairedFitOptions& options,
                                 const std::string& node);

// At the parameters that were fitted to `data`; `error` as it shows there.
UncertaintyReport compressor_uncertainty(const CompressorData& data, const effects::CompressorParams& fitted,
                                         const ErrorModel& error, const std::string& node);

// Of a chain with both, all parameters moved together.
struct ChainNodes {
  std::string eq, compressor;
};
UncertaintyReport chain_uncertainty(const PairExcerpt& excerpt, const ChainModel& fitted,
                                    const PairedFitOptions& options, const ChainNodes& nodes);

}  // namespace aapp::fit
