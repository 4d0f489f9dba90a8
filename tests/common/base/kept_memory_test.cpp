#include "common/base/kept_memory.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <vector>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace aapp {
namespace {

TEST(KeepFreedMemory, KeepsBuffersOfManyMegabytes) {
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the C library's own allocator is not in use";
#else
  constexpr std::size_t kBytes = std::size_t{40} << 20;
  keep_freed_memory();
  const std::size_t mapped = mallinfo2().hblkhd;
  {
    const std::vector<char> buffer(kBytes, 1);
    EXPECT_EQ(mallinfo2().hblkhd, mapped);
    EXPECT_EQ(buffer.back(), 1);
  }
  EXPECT_GE(mallinfo2().fordblks, kBytes);
#endif
}

}  // namespace
}  // namespace aapp
