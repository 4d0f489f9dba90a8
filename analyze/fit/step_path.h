// How a fit of bands takes its steps.
#pragma once

namespace aapp::fit {

// A step adds to the coordinates, or leads to where the response would be (response_steps.h). The second is
// for bands that are about right: where some are wrong or missing, a step far along the derivatives of these
// is no better, and takes longer.
enum class StepPath { coordinates, response };

}  // namespace aapp::fit
