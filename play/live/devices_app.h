// `aapp-play devices`: which back ends answer and what devices they have.
#pragma once

#include "play/live_verbs.h"

namespace aapp::play {

// Finding nothing is an answer, not a failure: it says so and succeeds.
Result<void> run_devices(const DevicesOptions& options);

}  // namespace aapp::play
