// The equaliser as the fits see it: the dB response of a set of bands at fixed frequencies, and its exact
// derivatives. Coordinates are ln frequency, gain in dB and ln Q: in them the least-squares problem is well
// conditioned.
//
// The formula is dsp::design_biquad and nothing else. Its six response coefficients are differentiated once
// per band (ceres::Jet over three variables); per frequency only those small polynomials are evaluated. That
// is exact, and about ten times cheaper than running the formula on Jets at every frequency.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/effects/eq.h"

namespace aapp::fit {

// Part of the power behind one point of a curve. A point that stands for a band of a spectrum holds power at
// several frequencies, and its gain is that of their sum: 10 log10(sum of share * |H|^2).
struct PowerCell {
  std::size_t point = 0;  // index of the point
  double frequency_hz = 0.0;
  double share = 1.0;  // of the point's power; those of one point sum to 1
  bool operator==(const PowerCell&) const = default;
};

// The derivatives of one band, in this order.
inline constexpr std::size_t kParametersPerBand = 3;  // ln frequency_hz, gain_db, ln q

class EqModel {
 public:
  // Frequencies > 0 and below rate_hz / 2.
  EqModel(std::span<const double> frequency_hz, double rate_hz);
  // Points that are sums of powers. Every point has at least one cell; cells in order of their points.
  EqModel(std::span<const PowerCell> cells, double rate_hz);

  // The number of points.
  std::size_t size() const { return cell_end_.empty() ? phi_.size() : cell_end_.size(); }
  double rate_hz() const { return rate_hz_; }

  // out.size() == size(). Disabled bands count as flat.
  void response_db(std::span<const effects::EqBand> bands, std::span<double> out) const;
  // `jacobian` holds kParametersPerBand * bands.size() columns of size() values each, one column after the
  // other.
  void response_and_jacobian(std::span<const effects::EqBand> bands, std::span<double> out,
                             std::span<double> jacobian) const;

 private:
  // |H|^2 at every cell, or at every point that is its own frequency; with the derivatives of its dB.
  void powers(std::span<const effects::EqBand> bands, std::span<double> out) const;
  void powers_and_jacobian(std::span<const effects::EqBand> bands, std::span<double> out,
                           std::span<double> jacobian) const;
  // Multiplies the cells of a point by their shares; their sum.
  double share_powers(std::size_t point, std::span<double> power) const;
  std::size_t first_cell(std::size_t point) const { return point == 0 ? 0 : cell_end_[point - 1]; }

  double rate_hz_;
  std::vector<double> phi_;            // dsp::response_phi of each frequency: of a point, or of a cell
  std::vector<double> share_;          // of each cell; empty where points are their own frequencies
  std::vector<std::size_t> cell_end_;  // one past the last cell of each point; empty likewise
};

}  // namespace aapp::fit
