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

// The derivatives of one band, in this order.
inline constexpr std::size_t kParametersPerBand = 3;  // ln frequency_hz, gain_db, ln q

class EqModel {
 public:
  // Frequencies > 0 and below rate_hz / 2.
  EqModel(std::span<const double> frequency_hz, double rate_hz);

  std::size_t size() const { return phi_.size(); }
  double rate_hz() const { return rate_hz_; }

  // out.size() == size(). Disabled bands count as flat.
  void response_db(std::span<const effects::EqBand> bands, std::span<double> out) const;
  // `jacobian` holds kParametersPerBand * bands.size() columns of size() values each, one column after the
  // other.
  void response_and_jacobian(std::span<const effects::EqBand> bands, std::span<double> out,
                             std::span<double> jacobian) const;

 private:
  double rate_hz_;
  std::vector<double> phi_;  // dsp::response_phi of each frequency
};

}  // namespace aapp::fit
