// Uncertainties as a table for people: a line per parameter with value, standard error and 95 % interval, and
// why it is not identified where it is not.
#pragma once

#include <span>
#include <string>

#include "analyze/fit/uncertainty.h"

namespace aapp::fit {

// Ends with a newline; "" for no parameters. Names lose what all of a preset's share: "/chain/1/params/".
std::string uncertainty_text(std::span<const ParameterEstimate> parameters);

}  // namespace aapp::fit
