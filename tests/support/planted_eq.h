// Random equalisers for fits to recover, and whether one was recovered.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "analyze/fit/eq_fit.h"
#include "analyze/fit/eq_model.h"
#include "analyze/fit/eq_target.h"
#include "analyze/fit/random.h"

namespace aapp::test {

// 4 to 10 bands, at least half an octave apart between 30 Hz and 14 kHz, 1 to 12 dB up or down, Q 0.5 to 4.
// The lowest band is a low shelf, the highest a high shelf, each in half of the cases (then with Q 0.5 to 1).
inline effects::EqParams planted_eq(std::uint64_t seed) {
  fit::Random random = fit::random_stream(99, seed);
  const std::size_t count = 4 + random.below(7);
  std::vector<double> frequency_hz;
  while (frequency_hz.size() < count) {
    const double f_hz = random.log_uniform(30.0, 14000.0);
    const bool apart = std::all_of(frequency_hz.begin(), frequency_hz.end(),
                                   [f_hz](double other) { return std::abs(std::log2(f_hz / other)) >= 0.5; });
    if (apart) frequency_hz.push_back(f_hz);
  }
  std::sort(frequency_hz.begin(), frequency_hz.end());
  effects::EqParams eq;
  for (std::size_t b = 0; b < count; ++b) {
    effects::EqBand band{.frequency_hz = frequency_hz[b], .q = random.log_uniform(0.5, 4.0)};
    band.gain_db = random.uniform(1.0, 12.0) * (random.uniform() < 0.5 ? -1.0 : 1.0);
    if ((b == 0 || b + 1 == count) && random.uniform() < 0.5) {
      band.type = b == 0 ? dsp::BandType::low_shelf : dsp::BandType::high_shelf;
      band.q = random.uniform(0.5, 1.0);
    }
    eq.bands.push_back(band);
  }
  return eq;
}

// Its response on 400 points of 20 Hz to 20 kHz at 48 kHz.
inline fit::EqTarget planted_curve(const effects::EqParams& eq) {
  fit::EqTarget target{.frequency_hz = fit::log_grid({20.0, 20000.0}, 400), .gain_db = {}, .weight = {}};
  target.gain_db.resize(target.frequency_hz.size());
  fit::EqModel(target.frequency_hz, 48000.0).response_db({eq.bands.begin(), eq.bands.size()}, target.gain_db);
  return target;
}

// Bands in order of frequency: types equal, frequencies within 1 %, gains within 0.05 dB, Qs within 3 %.
inline bool same_bands(const effects::EqParams& planted, const effects::EqParams& found) {
  return std::equal(planted.bands.begin(), planted.bands.end(), found.bands.begin(), found.bands.end(),
                    [](const effects::EqBand& a, const effects::EqBand& b) {
                      return a.type == b.type && std::abs(b.frequency_hz / a.frequency_hz - 1.0) <= 0.01 &&
                             std::abs(b.gain_db - a.gain_db) <= 0.05 && std::abs(b.q / a.q - 1.0) <= 0.03;
                    });
}

}  // namespace aapp::test
