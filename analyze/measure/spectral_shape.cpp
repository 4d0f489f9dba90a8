#include "analyze/measure/spectral_shape.h"

#include <algorithm>

#include "analyze/measure/third_octave.h"

namespace aapp::measure {

namespace {

constexpr double kBandwidthDropDb = 60.0;

std::optional<double> centroid_hz(const Spectrum& spectrum, double bin_hz) {
  double power = 0.0;
  double moment = 0.0;
  for (std::size_t k = 0; k < spectrum.density.size(); ++k) {
    power += spectrum.density[k];
    moment += spectrum.density[k] * static_cast<double>(k) * bin_hz;
  }
  return power > 0.0 ? std::optional(moment / power) : std::nullopt;
}

std::optional<double> bandwidth_hz(const Spectrum& spectrum, double nyquist_hz) {
  const auto bands = third_octave_bands();
  double strongest_db = kSilenceDb;
  for (const BandPower& band : spectrum.third_octaves)
    strongest_db = std::max(strongest_db, band_level_db(band.power));
  if (strongest_db <= kSilenceDb) return std::nullopt;
  for (std::size_t i = spectrum.third_octaves.size(); i-- > 0;) {
    if (band_level_db(spectrum.third_octaves[i].power) > strongest_db - kBandwidthDropDb)
      return std::min(bands[i].high_hz, nyquist_hz);
  }
  return std::nullopt;
}

// Least squares over the bands with energy.
std::optional<double> tilt_db_per_oct(const Spectrum& spectrum) {
  double n = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
  for (std::size_t i = kDistanceFirst; i < kDistanceFirst + kDistanceCount; ++i) {
    const BandPower& band = spectrum.third_octaves[i];
    if (!band.has_energy) continue;
    const double octaves = static_cast<double>(i) / 3.0;
    const double level_db = band_level_db(band.power);
    n += 1.0;
    sx += octaves;
    sy += level_db;
    sxx += octaves * octaves;
    sxy += octaves * level_db;
  }
  if (n < 2.0) return std::nullopt;
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

}  // namespace

SpectralShape spectral_shape(const Spectrum& spectrum, double bin_hz) {
  if (spectrum.density.empty()) return {};
  return {.centroid_hz = centroid_hz(spectrum, bin_hz),
          .bandwidth_hz = bandwidth_hz(spectrum, static_cast<double>(spectrum.density.size() - 1) * bin_hz),
          .tilt_db_per_oct = tilt_db_per_oct(spectrum)};
}

}  // namespace aapp::measure
