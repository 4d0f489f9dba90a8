// The compressor's recursion as the fit runs it, some frames at a time: from levels to dB over the threshold,
// smoothed, with their derivatives by every coordinate that passes through. What depends on no earlier frame
// is computed for a tile of frames at once, so that a compiler makes vectors of it; only the ballistics go
// frame by frame. Written for compressor_sensitivity.cpp and gain_tangents.cpp, which compile it for each
// instruction set; nothing is contracted into fused multiply-adds, so each gives the same bits.
#pragma once

#include <cstddef>

#include "analyze/fit/compressor_sensitivity.h"
#include "analyze/fit/compressor_steps.h"
#include "common/dsp/compressor_choices.h"
#include "common/dsp/quick_double.h"
#include "common/dsp/simd.h"
#include "common/dsp/vec.h"

namespace aapp::fit {

// The order of a Track.
static_assert(kThresholdDb == 0 && kKneeDb == 1 && kLnAttack == 2 && kLnRelease == 3);

inline constexpr std::size_t kTileFrames = 64;

// So many frames, wherever they are between level and gain, each with its derivatives as a Track has them.
template <std::size_t kGroups>
struct GainTile {
  std::size_t frames = 0;
  double value[kTileFrames];
  dsp::Vec by[kTileFrames][kGroups];
};

// From the released state. Values that come in are levels in level_domain(smoothing), raised to the floor.
template <dsp::Ballistics kind, std::size_t kGroups, Derivatives derive>
class GainStages {
 public:
  GainStages(dsp::Smoothing smoothing, const CompressorPoint& p, double rate_hz)
      : smoothing_(smoothing),
        curve_(p[kThresholdDb], p[kKneeDb]),
        follower_({p[kLnAttack], rate_hz}, {p[kLnRelease], rate_hz},
                  dsp::released_state<double>(smoothing).ballistics.smoothed) {}

  // The frames that follow those of the last call.
  AAPP_KERNEL_INLINE void run(GainTile<kGroups>& tile) {
    if (smoothing_ == dsp::Smoothing::gain_db) {
      pass_curve(tile);
      follow(tile);
    } else {
      follow(tile);
      to_db(tile);
      pass_curve(tile);
    }
  }

 private:
  AAPP_KERNEL_INLINE void follow(GainTile<kGroups>& tile) {
    auto follower = follower_;
    for (std::size_t n = 0; n < tile.frames; ++n) {
      Track<kGroups> in{.value = dsp::Vec{} + tile.value[n]};
      if constexpr (derive == Derivatives::all) {
        for (std::size_t g = 0; g < kGroups; ++g) in.by[g] = tile.by[n][g];
      }
      const Track<kGroups>& out = follower.step(in);
      tile.value[n] = out.value[0];
      if constexpr (derive == Derivatives::all) {
        for (std::size_t g = 0; g < kGroups; ++g) tile.by[n][g] = out.by[g];
      }
    }
    follower_ = follower;
  }

  AAPP_KERNEL_INLINE void to_db(GainTile<kGroups>& tile) const {
    // No vector would take a library's logarithm.
    using Quick = dsp::QuickDouble<dsp::MulAdd::separate>;
    double by_value[kTileFrames];
    dsp::for_smoothing(
        smoothing_, [&](auto smoothing) __attribute__((always_inline)) {
          for (std::size_t n = 0; n < tile.frames; ++n) {
            const LevelInDb<Quick> now = level_in_db(smoothing, Quick(tile.value[n]));
            tile.value[n] = now.db.value, by_value[n] = now.by_value.value;
          }
        });
    scale_derivatives(tile, by_value);
  }

  AAPP_KERNEL_INLINE void pass_curve(GainTile<kGroups>& tile) const {
    double by_level[kTileFrames], by_knee[kTileFrames];
    for (std::size_t n = 0; n < tile.frames; ++n)
      tile.value[n] = curve_(tile.value[n], by_level[n], by_knee[n]);
    scale_derivatives(tile, by_level);
    if constexpr (derive == Derivatives::all) {
      for (std::size_t n = 0; n < tile.frames; ++n)
        tile.by[n][0] += dsp::Vec{-by_level[n], by_knee[n], 0.0, 0.0};
    }
  }

  AAPP_KERNEL_INLINE static void scale_derivatives(GainTile<kGroups>& tile, const double* factor) {
    if constexpr (derive == Derivatives::all) {
      for (std::size_t n = 0; n < tile.frames; ++n) {
        for (std::size_t g = 0; g < kGroups; ++g) tile.by[n][g] *= factor[n];
      }
    }
  }

  dsp::Smoothing smoothing_;
  UnitCurve curve_;
  Follower<kind, kGroups, derive> follower_;
};

}  // namespace aapp::fit
