// The command line of aapp-analyze: which verbs there are and which options fill their structs. The work is
// in *_app.cpp.
#pragma once

namespace aapp::analyze {

// The exit code (base/exit_code.h).
int run_command_line(int argc, char** argv);

}  // namespace aapp::analyze
