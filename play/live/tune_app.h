// `aapp-play tune [PRESET]`: the smallest period that holds on this machine and device, and how many presets
// of this kind would fit into it.
#pragma once

#include "play/live_verbs.h"

namespace aapp::play {

// Fails with ErrorCode::refused when no period holds.
Result<void> run_tune(const TuneOptions& options);

}  // namespace aapp::play
