#include "common/base/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "common/base/exit_code.h"

namespace aapp {
namespace {

std::atomic<bool> raised{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not lock");

extern "C" void raise_interrupt(int) {
  if (raised.exchange(true)) ::_exit(exit_code(ErrorCode::interrupted));
}

}  // namespace

void watch_interrupts() {
  struct sigaction action {};
  action.sa_handler = raise_interrupt;  // no SA_RESTART: a read that waits for a pipe must return
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  // A file that grows past its limit shall be an error of write(), as a full disk is.
  ::signal(SIGXFSZ, SIG_IGN);
}

bool interrupted() noexcept {
  return raised.load(std::memory_order_relaxed);
}

Error interrupted_error() {
  return {ErrorCode::interrupted, "interrupted; nothing half-written was left"};
}

}  // namespace aapp
