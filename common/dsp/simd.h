// Which vector instructions the kernels of this folder run on. A kernel is written once, in ordinary C++ and
// GCC's vector types, and compiled once per instruction set; the choice is made here, when an object is
// prepared. All do the same operations in the same order; where an instruction set has fused multiply-add,
// its kernels round a product and a sum once instead of twice (mul_add.h), which no float output shows but in
// its last bit, now and then.
#pragma once

#include <cstdlib>
#include <string_view>

namespace aapp::dsp {

enum class Simd {
  baseline,  // what every processor of the architecture has: SSE2 on x86-64, NEON on arm64
  avx2,      // AVX2 and FMA3: x86-64 processors since 2013 or so
};

// A kernel's entry, one per instruction set. Everything that it calls is inlined into it, since only that is
// compiled for its instruction set.
#if defined(__x86_64__)
#define AAPP_KERNEL_AVX2 __attribute__((target("avx2,fma"), flatten))
#else
#define AAPP_KERNEL_AVX2 __attribute__((flatten))
#endif
#define AAPP_KERNEL_BASELINE __attribute__((flatten))
// What a kernel is made of, where flatten alone does not get it inlined: lambdas and functions that take
// vectors.
#define AAPP_KERNEL_INLINE inline __attribute__((always_inline))

// The best of this machine; the environment variable AAPP_SIMD=baseline holds it back. Not for the audio
// thread.
inline Simd best_simd() {
#if defined(__x86_64__)
  const char* wanted = std::getenv("AAPP_SIMD");
  const bool held_back = wanted != nullptr && std::string_view(wanted) == "baseline";
  if (!held_back && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Simd::avx2;
#endif
  return Simd::baseline;
}

}  // namespace aapp::dsp
