#include "analyze/measure/distance.h"

#include <algorithm>
#include <cmath>

#include "analyze/measure/third_octave.h"

namespace aapp::measure {

namespace {

std::optional<double> difference(std::optional<double> reference, std::optional<double> other) {
  return reference && other ? std::optional(*other - *reference) : std::nullopt;
}

// Steepness in octaves above the least, falling ones negative, steady at 0: one axis for both directions.
std::vector<WeightedLevel> slope_axis(const SlopeHistograms& slopes) {
  std::vector<WeightedLevel> axis{{0.0, slopes.steady}};
  for (std::size_t bin = 0; bin < kSlopeBinCount; ++bin) {
    const double octaves = std::log2(slope_bin_db_per_s(bin + 1) / kSlopeLowDbPerS);
    axis.push_back({octaves, slopes.rising[bin]});
    axis.push_back({-octaves, slopes.falling[bin]});
  }
  return axis;
}

bool any(const std::vector<WeightedLevel>& levels) {
  return std::any_of(levels.begin(), levels.end(),
                     [](const WeightedLevel& level) { return level.weight > 0.0; });
}

std::optional<double> distribution_distance(const std::vector<WeightedLevel>& a,
                                            const std::vector<WeightedLevel>& b) {
  return any(a) && any(b) ? std::optional(wasserstein_db(a, b)) : std::nullopt;
}

}  // namespace

std::optional<double> modulation_distance_db(const ModulationSpectrum& a, const ModulationSpectrum& b) {
  double sum = 0.0;
  int bands = 0;
  for (std::size_t i = 0; i < kModulationCount; ++i) {
    if (!a[i].in_range || !b[i].in_range) continue;
    const double d = modulation_level_db(b[i]) - modulation_level_db(a[i]);
    sum += d * d;
    ++bands;
  }
  return bands > 0 ? std::optional(std::sqrt(sum / bands)) : std::nullopt;
}

std::optional<double> slope_distance_oct(const SlopeHistograms& a, const SlopeHistograms& b) {
  return distribution_distance(slope_axis(a), slope_axis(b));
}

std::optional<LtasDistance> ltas_distance(const Spectrum& reference, const Spectrum& other, LtasBands bands) {
  if (reference.third_octaves.empty() || other.third_octaves.empty()) return std::nullopt;
  const auto look = [](const Spectrum& spectrum) {
    return std::span(spectrum.third_octaves).subspan(kDistanceFirst, kDistanceCount);
  };
  double strongest_db = kSilenceDb;
  for (std::size_t i = 0; i < kDistanceCount; ++i) {
    if (!look(reference)[i].in_range || !look(other)[i].in_range) continue;
    strongest_db = std::max(strongest_db, band_level_db(look(reference)[i].power));
  }
  std::vector<double> differences;
  for (std::size_t i = 0; i < kDistanceCount; ++i) {
    const BandPower& a = look(reference)[i];
    const BandPower& b = look(other)[i];
    if (!a.in_range || !b.in_range || band_level_db(a.power) <= strongest_db - kEnergyRangeDb) continue;
    if (bands == LtasBands::shared_energy && !b.has_energy) continue;
    differences.push_back(band_level_db(b.power) - band_level_db(a.power));
  }
  if (differences.empty() || strongest_db <= kSilenceDb) return std::nullopt;
  LtasDistance result{.bands = static_cast<int>(differences.size())};
  for (const double d : differences) result.level_db += d / static_cast<double>(differences.size());
  for (const double d : differences) {
    const double deviation = d - result.level_db;
    result.rms_db += deviation * deviation / static_cast<double>(differences.size());
    result.max_db = std::max(result.max_db, std::abs(deviation));
  }
  result.rms_db = std::sqrt(result.rms_db);
  return result;
}

ProfileDistance profile_distance(const TrackProfile& reference, const TrackProfile& other) {
  ProfileDistance result;
  if (reference.silent() || other.silent()) return result;
  if (const auto ltas = ltas_distance(reference.ltas.mean, other.ltas.mean, LtasBands::reference_energy)) {
    result.ltas_rms_db = ltas->rms_db;
    result.ltas_max_db = ltas->max_db;
  }
  if (const auto ltas = ltas_distance(reference.ltas.mean, other.ltas.mean, LtasBands::shared_energy)) {
    result.ltas_shared_rms_db = ltas->rms_db;
    result.ltas_shared_max_db = ltas->max_db;
  }
  result.loudness_lu = difference(reference.loudness.integrated_lufs, other.loudness.integrated_lufs);
  result.range_lu = difference(reference.loudness.range_lu, other.loudness.range_lu);
  result.crest_db = other.envelope.crest_db() - reference.envelope.crest_db();
  result.level_distribution_db =
      distribution_distance(reference.envelope.relative_levels_50ms(), other.envelope.relative_levels_50ms());
  result.modulation_db = modulation_distance_db(reference.envelope.modulation, other.envelope.modulation);
  result.slopes_oct = slope_distance_oct(reference.envelope.slopes, other.envelope.slopes);
  return result;
}

}  // namespace aapp::measure
