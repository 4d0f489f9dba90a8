#include "analyze/measure/likeness.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "analyze/measure/source_profiles.h"
#include "analyze/measure/third_octave.h"
#include "common/base/units.h"

namespace aapp::measure {

namespace {

constexpr std::array kQuantiles{0.05, 0.25, 0.50, 0.75, 0.95};
constexpr std::size_t kOctaveCount = 9;
constexpr double kLeastOctavePower = 1e-5;  // of the whole
constexpr std::size_t kPeakinessCount = 3;
constexpr std::size_t kPeakinessBands = 6;
constexpr std::size_t kPeakinessFirst = 6;  // 99 Hz
constexpr double kLeastModulation = 0.01;
constexpr double kLeastShare = 0.003;
constexpr std::size_t kSharpBin = 14;  // rises steeper than 1280 dB/s

// Octaves of three third octaves each, from 50 Hz up, relative to all bands.
void add_octaves(const Spectrum& spectrum, std::span<double, kOctaveCount> octaves) {
  double whole = 0.0;
  for (const BandPower& band : spectrum.third_octaves) whole += band.in_range ? band.power : 0.0;
  for (std::size_t octave = 0; octave < kOctaveCount; ++octave) {
    double power = 0.0;
    for (std::size_t third = 0; third < 3; ++third) {
      const BandPower& band = spectrum.third_octaves[kDistanceFirst + 3 * octave + third];
      power += band.in_range ? band.power : 0.0;
    }
    octaves[octave] = power_to_db(power / whole + kLeastOctavePower);
  }
}

// Arithmetic over geometric mean of the density within each third octave (the inverse of spectral flatness),
// dB, averaged over six bands at a time: notes give lines, noise gives none.
void add_peakiness(const Ltas& ltas, std::span<double, kPeakinessCount> peakiness) {
  const auto bands = third_octave_bands();
  for (std::size_t i = 0; i < kPeakinessCount * kPeakinessBands; ++i) {
    const Band& band = bands[kPeakinessFirst + i];
    double sum = 0.0;
    double sum_db = 0.0;
    double count = 0.0;
    for (auto k = static_cast<std::size_t>(std::ceil(band.low_hz / ltas.bin_hz));
         static_cast<double>(k) * ltas.bin_hz < band.high_hz && k < ltas.mean.density.size(); ++k) {
      sum += ltas.mean.density[k];
      sum_db += band_level_db(ltas.mean.density[k]);
      count += 1.0;
    }
    if (sum > 0.0)
      peakiness[i / kPeakinessBands] += (band_level_db(sum / count) - sum_db / count) / kPeakinessBands;
  }
}

// Bands that a short recording cannot tell get the mean of the others.
void add_modulation(const ModulationSpectrum& modulation, std::span<double, kModulationCount> levels) {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t i = 0; i < kModulationCount; ++i) {
    if (!modulation[i].in_range) continue;
    levels[i] = gain_to_db(std::max(modulation[i].depth, kLeastModulation));
    sum += levels[i];
    count += 1.0;
  }
  for (std::size_t i = 0; i < kModulationCount; ++i) {
    if (!modulation[i].in_range) levels[i] = count > 0.0 ? sum / count : 0.0;
  }
}

struct Slopes {
  double share = 0.0;
  double mean_db = 0.0;  // of the steepness, 10 log10
  double sharp = 0.0;
};

Slopes sum_up(const SlopeCounts& counts) {
  Slopes result;
  for (std::size_t bin = 0; bin < kSlopeBinCount; ++bin) {
    result.share += counts[bin];
    result.mean_db += counts[bin] * power_to_db(slope_bin_db_per_s(bin));
    if (bin >= kSharpBin) result.sharp += counts[bin];
  }
  if (result.share > 0.0) result.mean_db /= result.share;
  return result;
}

}  // namespace

Fingerprint fingerprint(const TrackProfile& profile) {
  Fingerprint result{};
  if (profile.silent() || profile.ltas.empty()) return result;
  const std::span<double, kFingerprintCount> all(result);
  add_octaves(profile.ltas.mean, all.subspan<0, kOctaveCount>());
  add_peakiness(profile.ltas, all.subspan<kOctaveCount, kPeakinessCount>());
  constexpr std::size_t kSpectral = kOctaveCount + kPeakinessCount;
  add_modulation(profile.envelope.modulation, all.subspan<kSpectral, kModulationCount>());
  double* next = result.data() + kSpectral + kModulationCount;
  const std::vector<WeightedLevel> levels = profile.envelope.relative_levels_50ms();
  for (const double share : kQuantiles) *next++ = level_quantile_db(levels, share);
  const Slopes rising = sum_up(profile.envelope.slopes.rising);
  const Slopes falling = sum_up(profile.envelope.slopes.falling);
  *next++ = power_to_db((rising.share + kLeastShare) / (falling.share + kLeastShare));
  *next++ = rising.mean_db;
  *next++ = falling.mean_db;
  *next++ = power_to_db(profile.envelope.slopes.steady + kLeastShare);
  *next++ = power_to_db(rising.sharp + kLeastShare);
  return result;
}

std::vector<Likeness> likeness(const TrackProfile& profile) {
  std::vector<Likeness> result;
  if (profile.silent() || profile.ltas.empty()) return result;
  const std::array<double, kKindAxes> place = project_on_kinds(fingerprint(profile));
  for (const SourceProfile& source : source_profiles()) {
    if (source.recordings == 0) continue;
    double square = 0.0;
    for (std::size_t axis = 0; axis < kKindAxes; ++axis) {
      square += (place[axis] - source.centre[axis]) * (place[axis] - source.centre[axis]);
    }
    result.push_back({source.name, std::sqrt(square)});
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Likeness& a, const Likeness& b) { return a.distance < b.distance; });
  return result;
}

}  // namespace aapp::measure
