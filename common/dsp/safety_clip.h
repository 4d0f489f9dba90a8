// The last thing before a loudspeaker: no sample above 0 dBFS, none that is not finite, at no latency.
// Samples up to the shoulder pass bit by bit; above it they bend towards 1 with the slope starting at 1 (no
// corner), and never pass it. Not a limiter: what it bends, it distorts; effects/limiter.h avoids that for
// some latency.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

namespace aapp::dsp {

// -0.45 dBFS: high enough that a normal recording passes untouched, low enough for a bend instead of an edge.
inline constexpr float kClipShoulder = 0.95F;

struct SafetyClipCounts {
  std::int64_t clipped = 0;     // samples above the shoulder
  std::int64_t non_finite = 0;  // NaN and infinities, played as 0
  bool operator==(const SafetyClipCounts&) const = default;
};

// Magnitude above the shoulder to magnitude below 1 (1 itself only by rounding).
inline float bend(float magnitude) {
  constexpr float kRoom = 1.0F - kClipShoulder;
  const float over = (magnitude - kClipShoulder) / kRoom;
  return kClipShoulder + kRoom * (1.0F - 1.0F / (1.0F + over));
}

// In place. Real-time safe.
inline SafetyClipCounts safety_clip(std::span<float> samples) noexcept {
  SafetyClipCounts counts;
  for (float& sample : samples) {
    const float magnitude = std::abs(sample);
    if (magnitude <= kClipShoulder) continue;
    if (std::isfinite(sample)) {
      sample = std::copysign(bend(magnitude), sample);
      ++counts.clipped;
    } else {
      sample = 0.0F;
      ++counts.non_finite;
    }
  }
  return counts;
}

}  // namespace aapp::dsp
