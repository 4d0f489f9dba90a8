// Ctrl-C and its like: the first SIGINT, SIGTERM or SIGHUP asks the program to stop and clean up; a second
// one ends it at once with exit code 130. A signal handler can reach nothing but a global, so this is the one
// writable global of the project: written by the handler only.
#pragma once

namespace aapp::cli {

// From now on the three signals set the flag. Call once, before starting threads.
void watch_interrupts();

// Whether one of them has come. Wait-free; any thread.
bool interrupted() noexcept;

}  // namespace aapp::cli
