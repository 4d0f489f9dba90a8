// An equaliser's output with its derivatives by every band's ln frequency, gain and ln Q: what the joint fit
// of equaliser and compressor needs to know of the equaliser. Bands with gain only (peaks and shelves): they
// are minimum-phase, which the derivatives rely on.
//
// With H = product of B_b / A_b and u = H x the output, du/dp = (B_b' / B_b - A_b' / A_b) u. So two
// recursions per band, u / B_b and u / A_b, hold all there is to know; each derivative is a sum of their last
// values.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "common/dsp/biquad_design.h"
#include "common/effects/eq.h"

namespace aapp::fit {

inline constexpr std::size_t kCoordinatesPerBand = 3;  // ln frequency_hz, gain_db, ln q

// The coordinates of all bands, in that order, and back.
std::vector<double> band_coordinates(const effects::EqParams& eq);
void set_band_coordinates(std::span<const double> coordinates, effects::EqParams& eq);

// One channel. Starts from silence.
class EqTangents {
 public:
  EqTangents(const effects::EqParams& eq, double rate_hz);

  std::size_t coordinates() const { return kCoordinatesPerBand * bands_.size(); }
  // Takes the next output of the equaliser; by[k] receives its derivative by coordinate k. `by` holds
  // coordinates() values.
  void step(double output, double* by) {
    for (Band& band : bands_) {
      const double over_b = output * band.inverse_b0 - band.b1 * band.over_b[0] - band.b2 * band.over_b[1];
      const double over_a = output - band.a1 * band.over_a[0] - band.a2 * band.over_a[1];
      for (std::size_t i = 0; i < kCoordinatesPerBand; ++i) {
        const std::array<double, 5>& d = band.by[i];
        by[i] = d[0] * over_b + d[1] * band.over_b[0] + d[2] * band.over_b[1] - d[3] * band.over_a[0] -
                d[4] * band.over_a[1];
      }
      band.over_b = {over_b, band.over_b[0]};
      band.over_a = {over_a, band.over_a[0]};
      by += kCoordinatesPerBand;
    }
  }

 private:
  struct Band {
    double inverse_b0, b1, b2, a1, a2;                          // b1 and b2 over b0
    std::array<std::array<double, 5>, kCoordinatesPerBand> by;  // of b0, b1, b2, a1, a2
    std::array<double, 2> over_b{}, over_a{};                   // the last two values of u / B and u / A
  };
  std::vector<Band> bands_;
};

}  // namespace aapp::fit
