// What the operating system says about the calling thread, and asks of it: scheduling class, locked memory,
// thread name. Libraries that start audio threads fall back to ordinary scheduling without a word (RtAudio
// writes to stderr only), so we look ourselves.
//
// Not for the audio thread, except monotonic_ns(): everything else is a system call.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/error.h"

namespace aapp::rt {

enum class SchedulingClass { ordinary, realtime };

struct Scheduling {
  SchedulingClass scheduling_class = SchedulingClass::ordinary;
  int priority = 0;  // 1 to 99 when real-time
  bool operator==(const Scheduling&) const = default;
};

Scheduling thread_scheduling(pthread_t thread) noexcept;
// Asks for first-in-first-out scheduling of a thread of this process; false when that is not permitted.
bool request_realtime(pthread_t thread, int priority) noexcept;
// The calling thread, and those it starts, step back behind ordinary work (niceness 10) for good.
void step_back() noexcept;

// Keeps every page that is in use in memory, now and later, so that the audio thread never waits for a disk.
// Done only where the limit is none: under a finite one a later allocation would fail instead. The message
// names the limit to raise. On a failure nothing has changed.
Result<void> lock_memory();

// CPU time that `thread` of this process has used so far; nothing once it has ended.
std::optional<std::int64_t> thread_cpu_ns(pthread_t thread) noexcept;

// A clock for durations inside the callback: CLOCK_MONOTONIC through the vDSO, which enters no kernel. Thread
// CPU time would be a system call.
std::int64_t monotonic_ns() noexcept;

}  // namespace aapp::rt
