// aapp-play becomes aapp-play-live where sound cards are used. Audio servers' and the fit's libraries are
// some forty; loading them takes longer than rendering a short file, so the program that renders does not
// know them.
#pragma once

#include "common/base/error.h"

namespace aapp::play {

// Starts aapp-play-live, which lies beside this program, with the same arguments, in the same process.
// Returns only if that fails (ErrorCode::failed).
Result<void> hand_over_to_live_program(char** argv);

}  // namespace aapp::play
