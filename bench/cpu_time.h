// CPU time of this process, in seconds.
#pragma once

#include <ctime>

namespace aapp::bench {

inline double cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace aapp::bench
