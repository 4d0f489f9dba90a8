// The inner loop of biquad_cascade.cpp: up to four channels through a row of sections at once, in vectors of
// four doubles. Bit by bit what biquad_step gives, section after section.
//
// A biquad is a recursion that keeps a processor waiting, so many must run side by side. With C channels (1,
// 2 or 4) the sections form 4 / C groups of equal length, one group after the other in the signal path; lane
// g C + c of a vector is a section of group g for channel c. A step takes one new sample into group 0 and
// hands what group g - 1 put out kHop steps ago to group g, so all groups work at once on different samples.
// Within a group the next section is the next vector, same lane. A block ends with a few more steps in which
// the early groups stand still; nothing is delayed.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

#include "common/dsp/biquad.h"
#include "common/dsp/simd.h"

namespace aapp::dsp::kernel {

using Vec = double __attribute__((vector_size(32)));
using LaneMask = long long __attribute__((vector_size(32)));

inline constexpr std::size_t kLanes = 4;
// Long enough for a sample to pass a group before the next group asks for it, short enough to cost little at
// the end.
inline constexpr std::size_t kHop = 2;
// Absurd boosts end here and not at infinity, which nothing after this could play.
inline constexpr double kLoudest = 1e30;

// One vector of sections: four coefficients each, and their states.
struct VecSection {
  Vec b0, b1, b2, a1, a2;
};
struct VecState {
  Vec s1, s2;
};

struct Job {
  std::span<const BiquadCoefficients<double>> sections;
  BiquadState* const* state;  // per channel: one per section
  const float* const* in;     // per channel; may be out
  float* const* out;
  std::size_t frames;
};

// Sections per lane: groups shorter than that are filled up with sections that do nothing.
template <std::size_t kChannels>
constexpr std::size_t group_length(std::size_t sections) {
  constexpr std::size_t kGroups = kLanes / kChannels;
  return (sections + kGroups - 1) / kGroups;
}

template <std::size_t kChannels>
AAPP_KERNEL_INLINE void load(const Job& job, std::size_t length, VecSection* k, VecState* s) {
  for (std::size_t v = 0; v < length; ++v) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t index = lane / kChannels * length + v;
      const bool real = index < job.sections.size();
      const BiquadCoefficients<double> one = real ? job.sections[index] : BiquadCoefficients<double>{};
      const BiquadState state = real ? job.state[lane % kChannels][index] : BiquadState{};
      k[v].b0[lane] = one.b0, k[v].b1[lane] = one.b1, k[v].b2[lane] = one.b2;
      k[v].a1[lane] = one.a1, k[v].a2[lane] = one.a2;
      s[v].s1[lane] = state.s1, s[v].s2[lane] = state.s2;
    }
  }
}

template <std::size_t kChannels>
AAPP_KERNEL_INLINE void store(const Job& job, std::size_t length, const VecState* s) {
  for (std::size_t v = 0; v < length; ++v) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t index = lane / kChannels * length + v;
      if (index < job.sections.size()) job.state[lane % kChannels][index] = {s[v].s1[lane], s[v].s2[lane]};
    }
  }
}

// New samples in the first lanes, what earlier groups put out in the rest. (Into a reference: a vector is
// never passed by value, whose calling convention would depend on the instruction set.)
template <std::size_t kChannels>
AAPP_KERNEL_INLINE void shift_in(const Job& job, std::size_t frame, const Vec& before, Vec& x) {
  const auto sample = [&](std::size_t c) { return static_cast<double>(job.in[c][frame]); };
  if constexpr (kChannels == 1) x = Vec{sample(0), before[0], before[1], before[2]};
  if constexpr (kChannels == 2) x = Vec{sample(0), sample(1), before[0], before[1]};
  if constexpr (kChannels == 4) x = Vec{sample(0), sample(1), sample(2), sample(3)};
}

template <std::size_t kChannels>
AAPP_KERNEL_INLINE void put_out(const Job& job, std::size_t frame, const Vec& y) {
  const Vec low = y < -kLoudest ? Vec{} - kLoudest : y;
  const Vec held = low > kLoudest ? Vec{} + kLoudest : low;
  for (std::size_t c = 0; c < kChannels; ++c) {
    job.out[c][frame] = static_cast<float>(held[kLanes - kChannels + c]);
  }
}

AAPP_KERNEL_INLINE void pass(std::size_t length, const VecSection* k, VecState* s, Vec& x) {
  for (std::size_t v = 0; v < length; ++v) {
    const Vec y = k[v].b0 * x + s[v].s1;
    s[v].s1 = (k[v].b1 * x - k[v].a1 * y) + s[v].s2;
    s[v].s2 = k[v].b2 * x - k[v].a2 * y;
    x = y;
  }
}

// A step at a block's ends, where only the lanes of `active` have a sample: the others keep their state.
AAPP_KERNEL_INLINE void pass_masked(std::size_t length, const VecSection* k, VecState* s,
                                    const LaneMask& active, Vec& x) {
  for (std::size_t v = 0; v < length; ++v) {
    const VecState before = s[v];
    pass(1, k + v, s + v, x);
    s[v].s1 = active ? s[v].s1 : before.s1;
    s[v].s2 = active ? s[v].s2 : before.s2;
  }
}

// kLength: sections per lane where the compiler shall know it, else 0.
template <std::size_t kChannels, std::size_t kLength>
AAPP_KERNEL_INLINE void run(const Job& job) {
  constexpr std::size_t kGroups = kLanes / kChannels;
  constexpr std::size_t kLag = kHop * (kGroups - 1);
  constexpr std::size_t kRoom = kLength > 0 ? kLength : 32;
  const std::size_t length = kLength > 0 ? kLength : group_length<kChannels>(job.sections.size());
  VecSection k[kRoom];
  VecState s[kRoom];
  load<kChannels>(job, length, k, s);

  Vec last{}, before_last{};  // what the groups put out one and kHop = 2 steps ago
  const auto edge_step = [&](std::size_t t) __attribute__((always_inline)) {
    Vec x{};
    if (t < job.frames) {
      shift_in<kChannels>(job, t, before_last, x);
    } else {
      for (std::size_t lane = kChannels; lane < kLanes; ++lane) x[lane] = before_last[lane - kChannels];
    }
    LaneMask active{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t start = lane / kChannels * kHop;
      active[lane] = t >= start && t < job.frames + start ? -1 : 0;
    }
    pass_masked(length, k, s, active, x);
    if (t >= kLag) put_out<kChannels>(job, t - kLag, x);
    before_last = last, last = x;
  };

  std::size_t t = 0;
  for (; t < kLag; ++t) edge_step(t);
  for (; t < job.frames; ++t) {
    Vec x;
    shift_in<kChannels>(job, t, before_last, x);
    pass(length, k, s, x);
    put_out<kChannels>(job, t - kLag, x);
    before_last = last, last = x;
  }
  for (; t < job.frames + kLag; ++t) edge_step(t);
  store<kChannels>(job, length, s);
}

template <std::size_t kChannels>
AAPP_KERNEL_INLINE void run_channels(const Job& job) {
  switch (group_length<kChannels>(job.sections.size())) {
    case 1:
      return run<kChannels, 1>(job);
    case 2:
      return run<kChannels, 2>(job);
    case 3:
      return run<kChannels, 3>(job);
    case 4:
      return run<kChannels, 4>(job);
    case 5:
      return run<kChannels, 5>(job);
    case 6:
      return run<kChannels, 6>(job);
    default:
      return run<kChannels, 0>(job);
  }
}

AAPP_KERNEL_INLINE void run_job(const Job& job, std::size_t channels) {
  if (channels == 1) return run_channels<1>(job);
  if (channels == 2) return run_channels<2>(job);
  return run_channels<4>(job);
}

}  // namespace aapp::dsp::kernel
