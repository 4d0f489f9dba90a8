// An equaliser's output with its derivatives by every band's ln frequency, gain and ln Q: what the joint fit
// of equaliser and compressor needs to know of the equaliser. Peaks, shelves, low- and high-passes.
//
// With H = product of B_b / A_b and u = H x the output, du/dp = (B_b' / B_b - A_b' / A_b) u. So two
// recursions per band, u / B_b and u / A_b, hold all there is to know; each derivative is a sum of their last
// values. Bands with a gain are minimum-phase, so u / B_b is stable. The zeros of a pass stay where they are,
// on the unit circle: its B is a constant polynomial times b0, so B' / B = b0' / b0, and it needs no
// recursion.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analyze/fit/gain_tiles.h"
#include "common/dsp/biquad_design.h"
#include "common/dsp/simd.h"
#include "common/dsp/vec.h"
#include "common/effects/eq.h"

namespace aapp::fit {

inline constexpr std::size_t kCoordinatesPerBand = 3;  // ln frequency_hz, gain_db, ln q

// The coordinates of all bands, in that order, and back.
std::vector<double> band_coordinates(const effects::EqParams& eq);
void set_band_coordinates(std::span<const double> coordinates, effects::EqParams& eq);

// One channel. Starts from silence. Bands run their recursions four to a vector, coordinates are summed four
// to a vector.
class EqTangents {
 public:
  EqTangents(const effects::EqParams& eq, double rate_hz);

  // How many vectors derivatives() writes: the coordinates, and zeros up to whole vectors.
  std::size_t groups() const { return groups_.size(); }

  // Takes the next outputs of the equaliser, at most kTileFrames.
  AAPP_KERNEL_INLINE void run(const double* output, std::size_t frames) {
    for (Bands& bands : bands_) {
      for (std::size_t k = 0; k < 2; ++k) {
        bands.over_b[k] = bands.over_b[last_ + k];
        bands.over_a[k] = bands.over_a[last_ + k];
      }
      const dsp::Vec inverse_b0 = bands.inverse_b0, b1 = bands.b1, b2 = bands.b2, a1 = bands.a1,
                     a2 = bands.a2;
      dsp::Vec over_b1 = bands.over_b[1], over_b2 = bands.over_b[0];
      dsp::Vec over_a1 = bands.over_a[1], over_a2 = bands.over_a[0];
      for (std::size_t n = 0; n < frames; ++n) {
        const dsp::Vec over_b = output[n] * inverse_b0 - b1 * over_b1 - b2 * over_b2;
        const dsp::Vec over_a = output[n] - a1 * over_a1 - a2 * over_a2;
        bands.over_b[n + 2] = over_b, bands.over_a[n + 2] = over_a;
        over_b2 = over_b1, over_b1 = over_b;
        over_a2 = over_a1, over_a1 = over_a;
      }
    }
    last_ = frames;
  }
  // Of the n-th of these outputs by all coordinates.
  AAPP_KERNEL_INLINE void derivatives(std::size_t n, dsp::VecCell* by) const {
    for (std::size_t g = 0; g < groups_.size(); g += kCoordinatesPerBand) {
      const Bands& bands = bands_[g / kCoordinatesPerBand];
      sum<0, 0, 0, 1>(groups_[g], bands, n, by[g].four);
      if (g + 1 < groups_.size()) sum<1, 1, 2, 2>(groups_[g + 1], bands, n, by[g + 1].four);
      if (g + 2 < groups_.size()) sum<2, 3, 3, 3>(groups_[g + 2], bands, n, by[g + 2].four);
    }
  }

 private:
  struct alignas(dsp::Vec) Bands {
    dsp::Vec inverse_b0{}, b1{}, b2{}, a1{}, a2{};  // b1 and b2 over b0
    // u / B and u / A of the tile, behind the last two of the one before.
    dsp::Vec over_b[kTileFrames + 2] = {}, over_a[kTileFrames + 2] = {};
  };
  // Four coordinates: those of b0, b1, b2, a1, a2.
  struct alignas(dsp::Vec) Group {
    dsp::Vec by[5] = {};
  };
  // Of four bands' values, those of the bands that the coordinates of a group belong to.
  template <int kA, int kB, int kC, int kD>
  AAPP_KERNEL_INLINE static void sum(const Group& group, const Bands& bands, std::size_t n, dsp::Vec& by) {
    const dsp::Vec *const over_b = bands.over_b + n, *const over_a = bands.over_a + n;
    by = group.by[0] * __builtin_shufflevector(over_b[2], over_b[2], kA, kB, kC, kD) +
         group.by[1] * __builtin_shufflevector(over_b[1], over_b[1], kA, kB, kC, kD) +
         group.by[2] * __builtin_shufflevector(over_b[0], over_b[0], kA, kB, kC, kD) -
         group.by[3] * __builtin_shufflevector(over_a[1], over_a[1], kA, kB, kC, kD) -
         group.by[4] * __builtin_shufflevector(over_a[0], over_a[0], kA, kB, kC, kD);
  }

  std::vector<Bands> bands_;
  std::vector<Group> groups_;
  std::size_t last_ = 0;  // frames of the last tile
};

}  // namespace aapp::fit
