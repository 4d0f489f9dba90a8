#include "common/base/kept_memory.h"

#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace aapp {

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kLargestBytes = 1 << 26, kKeptBytes = 1 << 27;
  mallopt(M_MMAP_THRESHOLD, kLargestBytes);
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
#endif
}

}  // namespace aapp
