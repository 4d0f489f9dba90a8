#include "analyze/fit/eq_tangents.h"

#include <array>
#include <cassert>
#include <cmath>

#include <ceres/jet.h>

namespace aapp::fit {

std::vector<double> band_coordinates(const effects::EqParams& eq) {
  std::vector<double> out;
  for (const effects::EqBand& band : eq.bands) {
    out.push_back(std::log(band.frequency_hz));
    out.push_back(band.gain_db);
    out.push_back(std::log(band.q));
  }
  return out;
}

void set_band_coordinates(std::span<const double> coordinates, effects::EqParams& eq) {
  assert(coordinates.size() == kCoordinatesPerBand * eq.bands.size());
  for (std::size_t b = 0; b < eq.bands.size(); ++b) {
    const std::span<const double> at = coordinates.subspan(kCoordinatesPerBand * b, kCoordinatesPerBand);
    eq.bands[b].frequency_hz = std::exp(at[0]);
    eq.bands[b].gain_db = at[1];
    eq.bands[b].q = std::exp(at[2]);
  }
}

EqTangents::EqTangents(const effects::EqParams& eq, double rate_hz)
    : bands_((eq.bands.size() + dsp::kLanes - 1) / dsp::kLanes),
      groups_((kCoordinatesPerBand * eq.bands.size() + dsp::kLanes - 1) / dsp::kLanes) {
  using Jet = ceres::Jet<double, kCoordinatesPerBand>;
  std::size_t at = 0;
  for (std::size_t b = 0; b < eq.bands.size(); ++b) {
    const effects::EqBand& band = eq.bands[b];
    const dsp::BiquadCoefficients<Jet> k =
        dsp::design_biquad(band.type, exp(Jet(std::log(band.frequency_hz), 0)), Jet(band.gain_db, 1),
                           exp(Jet(std::log(band.q), 2)), rate_hz);
    const bool minimum_phase = dsp::has_gain(band.type);
    Bands& four = bands_[b / dsp::kLanes];
    const std::size_t lane = b % dsp::kLanes;
    four.inverse_b0[lane] = minimum_phase ? 1.0 / k.b0.a : 1.0;
    four.b1[lane] = minimum_phase ? k.b1.a / k.b0.a : 0.0;
    four.b2[lane] = minimum_phase ? k.b2.a / k.b0.a : 0.0;
    four.a1[lane] = k.a1.a, four.a2[lane] = k.a2.a;
    for (int i = 0; i < static_cast<int>(kCoordinatesPerBand); ++i, ++at) {
      const double level = k.b0.v[i] / k.b0.a;
      const std::array by = minimum_phase ? std::array{k.b0.v[i], k.b1.v[i], k.b2.v[i], k.a1.v[i], k.a2.v[i]}
                                          : std::array{level, 0.0, 0.0, k.a1.v[i], k.a2.v[i]};
      for (std::size_t d = 0; d < by.size(); ++d) groups_[at / dsp::kLanes].by[d][at % dsp::kLanes] = by[d];
    }
  }
}

}  // namespace aapp::fit
