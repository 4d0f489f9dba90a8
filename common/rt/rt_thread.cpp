#include "common/rt/rt_thread.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace aapp::rt {
namespace {

std::int64_t to_ns(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Scheduling thread_scheduling(pthread_t thread) noexcept {
  int policy = SCHED_OTHER;
  sched_param param{};
  if (pthread_getschedparam(thread, &policy, &param) != 0) return {};
  if (policy != SCHED_FIFO && policy != SCHED_RR) return {};
  return {SchedulingClass::realtime, param.sched_priority};
}

bool request_realtime(pthread_t thread, int priority) noexcept {
  sched_param param{};
  param.sched_priority = priority;
  return pthread_setschedparam(thread, SCHED_FIFO, &param) == 0;
}

void step_back() noexcept {
  constexpr int kNiceness = 10;
  setpriority(PRIO_PROCESS, 0, kNiceness);  // on Linux: of the calling thread alone
}

Result<void> lock_memory() {
  rlimit limit{};
  getrlimit(RLIMIT_MEMLOCK, &limit);
  const bool bounded = limit.rlim_cur != RLIM_INFINITY && geteuid() != 0;
  // Pages that are never touched, such as most of each thread's stack, stay out.
  if (!bounded && mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) return {};
  return fail(ErrorCode::failed,
              "memory is not locked, so a busy disk may interrupt the sound: {}; set \"memlock\" to "
              "unlimited for your "
              "group in /etc/security/limits.d",
              bounded ? fmt::format("the limit is {} KiB", limit.rlim_cur / 1024) : std::strerror(errno));
}

std::optional<std::int64_t> thread_cpu_ns(pthread_t thread) noexcept {
  clockid_t clock{};
  timespec time{};
  if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &time) != 0) return std::nullopt;
  return to_ns(time);
}

std::int64_t monotonic_ns() noexcept {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return to_ns(time);
}

}  // namespace aapp::rt
