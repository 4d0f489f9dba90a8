// Whether a curve can be fitted with given options: the sentence that says what is wrong.
#pragma once

#include "analyze/fit/eq_fit.h"

namespace aapp::fit {

Result<void> check_eq_fit(const EqTarget& target, const EqFitOptions& options);

}  // namespace aapp::fit
