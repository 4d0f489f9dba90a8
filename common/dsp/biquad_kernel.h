// The inner loop of biquad_cascade.cpp: up to four channels through a row of sections at once. Bit by bit
// what biquad_step gives on a MonicBiquad, section after section, of samples times the bank's gain. Included
// there alone.
//
// A step takes one new sample into group 0 of a bank and hands what group g - 1 put out kHop steps ago to
// group g, so all groups work at once on different samples. A block ends with a few more steps in which the
// early groups stand still; nothing is delayed.
#pragma once

#include <algorithm>
#include <cstddef>

#include "common/dsp/biquad_bank.h"
#include "common/dsp/simd.h"
#include "common/dsp/vec_mul_add.h"

namespace aapp::dsp::kernel {

using LaneMask = long long __attribute__((vector_size(32)));

// Long enough for a sample to pass a group before the next group asks for it, short enough to cost little at
// the end.
inline constexpr std::size_t kHop = 2;

struct Job {
  BiquadBank& bank;
  const float* const* in;  // per channel; may be out
  float* const* out;
  std::size_t frames;
};

// New samples times the gain in the first lanes, what earlier groups put out in the rest. (Into a reference:
// a vector is never passed by value, whose calling convention would depend on the instruction set.)
template <std::size_t kChannels>
AAPP_KERNEL_INLINE void shift_in(const Job& job, std::size_t frame, const Vec& before, const Vec& gain,
                                 Vec& x) {
  const auto sample = [&](std::size_t c) { return static_cast<double>(job.in[c][frame]); };
  if constexpr (kChannels == 1) x = Vec{sample(0), before[0], before[1], before[2]};
  if constexpr (kChannels == 2) x = Vec{sample(0), sample(1), before[0], before[1]};
  if constexpr (kChannels == 4) x = Vec{sample(0), sample(1), sample(2), sample(3)};
  x *= gain;
}

template <std::size_t kChannels>
AAPP_KERNEL_INLINE void put_out(const Job& job, std::size_t frame, const Vec& y) {
  for (std::size_t c = 0; c < kChannels; ++c) {
    job.out[c][frame] = static_cast<float>(y[kLanes - kChannels + c]);
  }
}

template <MulAdd kHow>
AAPP_KERNEL_INLINE void pass(std::size_t length, const VecSection* k, VecState* s, Vec& x) {
  for (std::size_t v = 0; v < length; ++v) x = biquad_step<kHow>(k[v], s[v], x);
}

// Two steps, of which the second needs nothing of the first but its state: coefficients are loaded once for
// both.
template <MulAdd kHow>
AAPP_KERNEL_INLINE void pass_two(std::size_t length, const VecSection* k, VecState* s, Vec& x, Vec& next) {
  for (std::size_t v = 0; v < length; ++v) {
    x = biquad_step<kHow>(k[v], s[v], x);
    next = biquad_step<kHow>(k[v], s[v], next);
  }
}

// A step at a block's ends, where only the lanes of `active` have a sample: the others keep their state.
template <MulAdd kHow>
AAPP_KERNEL_INLINE void pass_masked(std::size_t length, const VecSection* k, VecState* s,
                                    const LaneMask& active, Vec& x) {
  for (std::size_t v = 0; v < length; ++v) {
    const VecState before = s[v];
    x = biquad_step<kHow>(k[v], s[v], x);
    s[v].s1 = active ? s[v].s1 : before.s1;
    s[v].s2 = active ? s[v].s2 : before.s2;
  }
}

// The lanes that have a sample at step t.
template <std::size_t kChannels>
AAPP_KERNEL_INLINE LaneMask active_lanes(std::size_t t, std::size_t frames) {
  LaneMask start{};
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    start[lane] = static_cast<long long>(kHop) * static_cast<long long>(lane / kChannels);
  const LaneMask since = LaneMask{} + static_cast<long long>(t) - start;
  return (since >= 0) & (since < static_cast<long long>(frames));
}

// kLength: sections per lane where the compiler shall know it, else 0.
template <MulAdd kHow, std::size_t kChannels, std::size_t kLength>
AAPP_KERNEL_INLINE void run(const Job& job) {
  constexpr std::size_t kLag = kHop * (kLanes / kChannels - 1);
  constexpr std::size_t kRoom = kLength > 0 ? kLength : BiquadBank::kMaxSections;
  const std::size_t length = kLength > 0 ? kLength : job.bank.length();
  const VecSection* k = job.bank.sections();
  VecState s[kRoom];  // a copy, which can stay in registers
  std::copy_n(job.bank.state(), length, s);
  Vec gain = Vec{} + 1.0;
  for (std::size_t lane = 0; lane < kChannels; ++lane) gain[lane] = job.bank.gain();

  Vec last{}, before_last{};  // what the groups put out one and kHop = 2 steps ago
  const auto edge_step = [&](std::size_t t) __attribute__((always_inline)) {
    Vec x{};
    if (t < job.frames) {
      shift_in<kChannels>(job, t, before_last, gain, x);
    } else {
      for (std::size_t lane = kChannels; lane < kLanes; ++lane) x[lane] = before_last[lane - kChannels];
    }
    pass_masked<kHow>(length, k, s, active_lanes<kChannels>(t, job.frames), x);
    if (t >= kLag) put_out<kChannels>(job, t - kLag, x);
    before_last = last, last = x;
  };

  std::size_t t = 0;
  for (; t < kLag; ++t) edge_step(t);
  for (; t + kHop <= job.frames; t += kHop) {
    Vec x, next;
    shift_in<kChannels>(job, t, before_last, gain, x);
    shift_in<kChannels>(job, t + 1, last, gain, next);
    pass_two<kHow>(length, k, s, x, next);
    put_out<kChannels>(job, t - kLag, x);
    put_out<kChannels>(job, t + 1 - kLag, next);
    before_last = x, last = next;
  }
  for (; t < job.frames; ++t) {
    Vec x;
    shift_in<kChannels>(job, t, before_last, gain, x);
    pass<kHow>(length, k, s, x);
    put_out<kChannels>(job, t - kLag, x);
    before_last = last, last = x;
  }
  for (; t < job.frames + kLag; ++t) edge_step(t);
  std::copy_n(s, length, job.bank.state());
}

template <MulAdd kHow, std::size_t kChannels>
AAPP_KERNEL_INLINE void run_channels(const Job& job) {
  switch (job.bank.length()) {
    case 1:
      return run<kHow, kChannels, 1>(job);
    case 2:
      return run<kHow, kChannels, 2>(job);
    case 3:
      return run<kHow, kChannels, 3>(job);
    case 4:
      return run<kHow, kChannels, 4>(job);
    case 5:
      return run<kHow, kChannels, 5>(job);
    case 6:
      return run<kHow, kChannels, 6>(job);
    default:
      return run<kHow, kChannels, 0>(job);
  }
}

template <MulAdd kHow>
AAPP_KERNEL_INLINE void run_job(const Job& job) {
  if (job.bank.channels() == 1) return run_channels<kHow, 1>(job);
  if (job.bank.channels() == 2) return run_channels<kHow, 2>(job);
  return run_channels<kHow, 4>(job);
}

}  // namespace aapp::dsp::kernel
