#include "common/rt/rt_thread.h"

#include <gtest/gtest.h>

#include <thread>

namespace aapp::rt {
namespace {

TEST(RtThread, SaysWhatTheSystemWasAsked) {
  std::thread([] {
    EXPECT_EQ(thread_scheduling(pthread_self()), (Scheduling{SchedulingClass::ordinary, 0}));
    sched_param param{};
    param.sched_priority = 7;
    if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &param) != 0) {
      GTEST_SKIP() << "real-time scheduling is not permitted here";
    }
    EXPECT_EQ(thread_scheduling(pthread_self()), (Scheduling{SchedulingClass::realtime, 7}));
  }).join();
}

TEST(RtThread, CpuTimeGrowsWithWorkAndNotWithSleep) {
  const auto before = thread_cpu_ns(pthread_self());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto slept = thread_cpu_ns(pthread_self());
  const std::int64_t start = monotonic_ns();
  volatile int work = 0;
  while (thread_cpu_ns(pthread_self()).value() - slept.value() < 20'000'000) work = work + 1;
  EXPECT_LT(slept.value() - before.value(), 10'000'000);
  EXPECT_GE(monotonic_ns() - start, 19'000'000);
}

}  // namespace
}  // namespace aapp::rt
