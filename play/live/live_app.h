// `aapp-play live PRESET`: live monitoring. The story is in live_app.cpp.
#pragma once

#include "play/live_verbs.h"

namespace aapp::play {

// Plays until interrupted (which is the normal end: exit code 0) or for duration_s.
Result<void> run_live(const LiveOptions& options);

}  // namespace aapp::play
