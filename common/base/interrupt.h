// Ctrl-C as a flag: the handler only raises it, long loops poll it and unwind with ErrorCode::interrupted, so
// every destructor runs and nothing half-written stays. The one writable global of the project, because a
// signal handler can reach nothing else; written by the handler, read by any thread.
#pragma once

#include "common/base/error.h"

namespace aapp {

// From now on SIGINT, SIGTERM and SIGHUP raise the flag instead of ending the process; a second signal ends
// it at once with exit code 130. Blocking system calls return EINTR. Programs call this before a verb runs
// (cli/program.h).
void watch_interrupts();

// Async-signal-safe, real-time safe.
bool interrupted() noexcept;

// The error that a loop returns when the flag is up.
Error interrupted_error();

}  // namespace aapp
