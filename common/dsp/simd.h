// Which vector instructions the kernels of this folder run on. A kernel is written once, in ordinary C++ and
// GCC's vector types, and compiled once per instruction set; the choice is made here, when an object is
// prepared. All instruction sets do the same operations in the same order without fused multiply-add, so they
// give the same bits.
#pragma once

#include <cstdlib>
#include <string_view>

namespace aapp::dsp {

enum class Simd {
  baseline,  // what every processor of the architecture has: SSE2 on x86-64, NEON on arm64
  avx2,
};

#if defined(__x86_64__)
#define AAPP_TARGET_AVX2 __attribute__((target("avx2")))
#else
#define AAPP_TARGET_AVX2
#endif
// For what a kernel is made of: only code inlined into it is compiled for its instruction set.
#define AAPP_KERNEL_INLINE inline __attribute__((always_inline))

// The best of this machine; the environment variable AAPP_SIMD=baseline holds it back. Not for the audio
// thread.
inline Simd best_simd() {
#if defined(__x86_64__)
  const char* wanted = std::getenv("AAPP_SIMD");
  const bool held_back = wanted != nullptr && std::string_view(wanted) == "baseline";
  if (!held_back && __builtin_cpu_supports("avx2")) return Simd::avx2;
#endif
  return Simd::baseline;
}

}  // namespace aapp::dsp
