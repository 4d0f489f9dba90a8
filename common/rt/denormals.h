// Numbers too small to be normal cost a processor up to a hundred times a normal operation, and every fading
// filter meets them. While a FlushDenormals lives, this thread's SSE (x86-64) or NEON (arm64) arithmetic
// treats them as zero; then the thread's former mode returns. Per thread, nestable, real-time safe; on other
// processors it does nothing.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace aapp::rt {

class FlushDenormals {
 public:
  // Writing the mode waits for all arithmetic under way; inside another FlushDenormals there is no need to.
  FlushDenormals() noexcept : former_(mode()) {
    if (!was_set()) set_mode(former_ | kFlush);
  }
  ~FlushDenormals() {
    if (!was_set()) set_mode(former_);
  }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__SSE2__)
  using Mode = unsigned;
  static constexpr Mode kFlush = 0x8040;  // FTZ: results, DAZ: operands
  static Mode mode() noexcept {
    return _mm_getcsr();
  }
  static void set_mode(Mode mode) noexcept {
    _mm_setcsr(mode);
  }
#elif defined(__aarch64__)
  using Mode = std::uint64_t;
  static constexpr Mode kFlush = std::uint64_t{1} << 24;  // FPCR.FZ
  static Mode mode() noexcept {
    Mode value = 0;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void set_mode(Mode mode) noexcept {
    asm volatile("msr fpcr, %0" : : "r"(mode));
  }
#else
  using Mode = unsigned;
  static constexpr Mode kFlush = 0;
  static Mode mode() noexcept {
    return 0;
  }
  static void set_mode(Mode) noexcept {}
#endif

  bool was_set() const noexcept {
    return (former_ & kFlush) == kFlush;
  }

  Mode former_;
};

}  // namespace aapp::rt
