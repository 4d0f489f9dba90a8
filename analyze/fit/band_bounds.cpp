#include "analyze/fit/band_bounds.h"

#include <algorithm>
#include <cmath>

#include "analyze/fit/eq_tangents.h"

namespace aapp::fit {
namespace {

// Ceres wants bounds apart.
constexpr double kLeastRange = 1e-9;

}  // namespace

Range band_range(double rate_hz, Range frequency_hz) {
  return {frequency_hz.low, std::min(frequency_hz.high, 0.45 * rate_hz)};
}

BandBounds band_bounds(double rate_hz, Range frequency_hz, double max_gain_db, double max_q) {
  const Range range = band_range(rate_hz, frequency_hz);
  return {.ln_frequency = {std::log(range.low), std::log(range.high)},
          .gain_db = {-max_gain_db, max_gain_db},
          .ln_q = {std::log(kLowestQ), std::log(max_q)}};
}

void bound(ceres::Problem& problem, std::vector<double>& p, std::size_t index, Range range) {
  p[index] = std::clamp(p[index], range.low, range.high);
  problem.SetParameterLowerBound(p.data(), static_cast<int>(index), range.low);
  problem.SetParameterUpperBound(p.data(), static_cast<int>(index),
                                 std::max(range.high, range.low + kLeastRange));
}

void bound_bands(ceres::Problem& problem, std::vector<double>& p, const effects::EqParams& eq,
                 const BandBounds& within) {
  for (std::size_t b = 0; b < eq.bands.size(); ++b) {
    bound(problem, p, kCoordinatesPerBand * b, within.ln_frequency);
    bound(problem, p, kCoordinatesPerBand * b + 1,
          dsp::has_gain(eq.bands[b].type) ? within.gain_db : Range{0.0, 0.0});
    bound(problem, p, kCoordinatesPerBand * b + 2, within.ln_q);
  }
}

}  // namespace aapp::fit
