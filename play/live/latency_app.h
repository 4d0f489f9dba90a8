// `aapp-play live --measure-latency`: the round trip from output 1 to input 1, through whatever connects
// them.
#pragma once

#include "common/base/error.h"
#include "common/cli/common_options.h"
#include "play/engine/live_session.h"

namespace aapp::play {

// Fails with ErrorCode::device_unavailable where nothing comes back.
Result<void> measure_latency(const SessionOptions& wanted, const cli::CommonOptions& options);

}  // namespace aapp::play
