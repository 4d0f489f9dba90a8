#include "common/cli/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "common/base/exit_code.h"

namespace aapp::cli {
namespace {

std::atomic<bool> asked_to_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not take a lock");

extern "C" void on_interrupt(int) {
  if (asked_to_stop.exchange(true)) _exit(exit_code(ErrorCode::interrupted));
}

}  // namespace

void watch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART: a read from a terminal or pipe returns, so that the flag is seen
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

bool interrupted() noexcept {
  return asked_to_stop.load(std::memory_order_relaxed);
}

}  // namespace aapp::cli
