#include "common/base/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace aapp {
namespace {

// Each in a process of its own: the flag never comes down.
TEST(InterruptDeathTest, TheThreeSignalsRaiseTheFlagInsteadOfEndingTheProgram) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(
        {
          watch_interrupts();
          const bool before = interrupted();
          ::raise(signal);
          ::_exit(!before && interrupted() ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
  }
}

[[noreturn]] void read_until_interrupted() {
  watch_interrupts();
  std::array<int, 2> pipe{};
  char byte = 0;
  if (::pipe(pipe.data()) != 0) ::_exit(1);
  const pid_t reader = ::getpid();
  if (::fork() == 0) {
    ::usleep(50000);
    ::kill(reader, SIGINT);
    ::_exit(0);
  }
  const bool stopped = ::read(pipe[0], &byte, 1) == -1 && errno == EINTR;
  ::_exit(stopped && interrupted() ? 0 : 1);
}

TEST(InterruptDeathTest, AReadThatWaitsReturns) {
  EXPECT_EXIT(read_until_interrupted(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace aapp
