// An equaliser's output with its derivatives by every band's ln frequency, gain and ln Q: what the joint fit
// of equaliser and compressor needs to know of the equaliser. Bands with gain only (peaks and shelves): they
// are minimum-phase, which the derivatives rely on.
//
// With H = product of B_b / A_b and u = H x the output, du/dp = (B_b' / B_b - A_b' / A_b) u. So two
// recursions per band, u / B_b and u / A_b, hold all there is to know; each derivative is a sum of their last
// values.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/dsp/biquad_design.h"
#include "common/dsp/simd.h"
#include "common/dsp/vec.h"
#include "common/effects/eq.h"

namespace aapp::fit {

inline constexpr std::size_t kCoordinatesPerBand = 3;  // ln frequency_hz, gain_db, ln q

// The coordinates of all bands, in that order, and back.
std::vector<double> band_coordinates(const effects::EqParams& eq);
void set_band_coordinates(std::span<const double> coordinates, effects::EqParams& eq);

// One channel. Starts from silence. Every coordinate runs its band's recursions by itself, four coordinates
// to a vector.
class EqTangents {
 public:
  EqTangents(const effects::EqParams& eq, double rate_hz);

  // How many vectors derivatives() writes: the coordinates, and zeros up to whole vectors.
  std::size_t groups() const { return groups_.size(); }

  // Takes the next output of the equaliser.
  AAPP_KERNEL_INLINE void step(double output) {
    for (Group& g : groups_) {
      const dsp::Vec over_b = output * g.inverse_b0 - g.b1 * g.over_b[0] - g.b2 * g.over_b[1];
      const dsp::Vec over_a = output - g.a1 * g.over_a[0] - g.a2 * g.over_a[1];
      g.over_b[2] = g.over_b[1], g.over_b[1] = g.over_b[0], g.over_b[0] = over_b;
      g.over_a[2] = g.over_a[1], g.over_a[1] = g.over_a[0], g.over_a[0] = over_a;
    }
  }
  // Of that output by the coordinates of one vector.
  AAPP_KERNEL_INLINE void derivatives(std::size_t group, dsp::Vec& by) const {
    const Group& g = groups_[group];
    by = g.by[0] * g.over_b[0] + g.by[1] * g.over_b[1] + g.by[2] * g.over_b[2] - g.by[3] * g.over_a[1] -
         g.by[4] * g.over_a[2];
  }

 private:
  struct alignas(dsp::Vec) Group {
    dsp::Vec inverse_b0{}, b1{}, b2{}, a1{}, a2{};  // b1 and b2 over b0
    dsp::Vec by[5] = {};                            // of b0, b1, b2, a1, a2
    dsp::Vec over_b[3] = {}, over_a[3] = {};        // the last values of u / B and u / A, newest first
  };
  std::vector<Group> groups_;
};

}  // namespace aapp::fit
