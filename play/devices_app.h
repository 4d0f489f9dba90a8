// `aapp-play devices`: which back ends answer and what devices they have.
#pragma once

#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::play {

struct DevicesOptions {
  cli::CommonOptions common;
};

// Finding nothing is an answer, not a failure: it says so and succeeds.
Result<void> run_devices(const DevicesOptions& options);

}  // namespace aapp::play
