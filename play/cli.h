// The command line of aapp-play: which verbs there are and which options fill their structs. The work is in
// *_app.cpp.
#pragma once

#include "play/live_verbs.h"

namespace aapp::play {

// The exit code (base/exit_code.h).
int run_command_line(int argc, char** argv, const LiveVerbs& verbs);

}  // namespace aapp::play
