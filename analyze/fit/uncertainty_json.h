// Uncertainties as the preset's "fit" block holds them: JSON text, so that nobody else needs the JSON
// library.
#pragma once

#include <span>
#include <string>

#include "analyze/fit/uncertainty.h"

namespace aapp::fit {

// {"/chain/1/params/bands/0/q": {"value": 1.4, "std_error": 0.1, "ci95": [1.2, 1.6], "identified": true},
// ...}; a "reason" where not identified. The names are the keys.
std::string parameters_json(std::span<const ParameterEstimate> parameters);

// [{"a": NAME, "b": NAME, "correlation": -0.95}, ...]
std::string correlations_json(std::span<const StrongCorrelation> correlations);

}  // namespace aapp::fit
