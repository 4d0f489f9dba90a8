#include <cmath>
#include <memory>
#include <numeric>

#include "analyze/fit/dynamics_match.h"
#include "analyze/fit/dynamics_model.h"
#include "analyze/fit/fit_source.h"
#include "analyze/measure/k_weighting.h"
#include "common/base/units.h"
#include "common/dsp/biquad_response.h"

namespace aapp::fit {

namespace {

constexpr double kSeriesSeconds = 30.0;

// What the linear nodes of a chain and its compressor come to. A compressor is taken to act on all of it.
struct ChainParts {
  double gain_db = 0.0;
  std::vector<effects::EqBand> bands;
  const effects::CompressorParams* compressor = nullptr;
};

ChainParts parts_of(const Preset& preset) {
  ChainParts parts;
  for (const ChainNode& node : preset.chain) {
    if (node.bypass) continue;
    if (const auto* gain = std::get_if<effects::GainParams>(&node.params)) parts.gain_db += gain->gain_db;
    if (const auto* eq = std::get_if<effects::EqParams>(&node.params))
      parts.bands.insert(parts.bands.end(), eq->bands.begin(), eq->bands.end());
    if (const auto* compressor = std::get_if<effects::CompressorParams>(&node.params))
      parts.compressor = compressor;
  }
  return parts;
}

double power_response_at(const ChainParts& parts, double f_hz, double rate_hz) {
  double power = db_to_power(parts.gain_db);
  for (const effects::EqBand& band : parts.bands) {
    if (!band.enabled) continue;
    power *=
        dsp::power_response(dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, rate_hz),
                            dsp::response_phi(f_hz, rate_hz));
  }
  return power;
}

// Power of a density as it is, and as loudness weighs it.
struct TotalPower {
  double plain = 0.0;
  double weighted = 0.0;
};

TotalPower total_power(const std::vector<double>& density, double bin_hz, double rate_hz) {
  const measure::KWeightingFilters filters = measure::design_k_weighting(rate_hz);
  TotalPower total;
  for (std::size_t k = 1; k < density.size(); ++k) {
    const double phi = dsp::response_phi(static_cast<double>(k) * bin_hz, rate_hz);
    total.plain += density[k];
    total.weighted +=
        density[k] * dsp::power_response(filters.shelf, phi) * dsp::power_response(filters.high_pass, phi);
  }
  return total;
}

std::vector<double> filtered(const measure::TrackProfile& profile, const ChainParts& parts) {
  std::vector<double> density = profile.ltas.mean.density;
  for (std::size_t k = 0; k < density.size(); ++k)
    density[k] *= power_response_at(parts, static_cast<double>(k) * profile.ltas.bin_hz, profile.rate_hz);
  return density;
}

LevelSeries shifted(LevelSeries series, double gain_db) {
  const auto power = static_cast<float>(db_to_power(gain_db));
  for (float& level : series.level_db) level += static_cast<float>(gain_db);
  for (float& p : series.power) p *= power;
  return series;
}

// The level statistics of cells, as a profile holds them.
void set_envelope(const std::vector<double>& powers, double cell_rate_hz, measure::EnvelopeStats& envelope) {
  const DynamicsTarget dynamics = dynamics_of(powers, cell_rate_hz);
  envelope.mean_power =
      std::accumulate(powers.begin(), powers.end(), 0.0) / static_cast<double>(powers.size());
  envelope.levels_50ms_db.clear();
  for (std::size_t scale = 0; scale < measure::kLevelScaleCount; ++scale) {
    const std::size_t cells = window_cells(measure::kLevelWindowsMs[scale], cell_rate_hz);
    envelope.levels[scale] = {.window_ms = measure::kLevelWindowsMs[scale]};
    for (const double level_db : relative_window_levels(powers, cells))
      envelope.levels[scale].add(level_db + envelope.rms_db());
  }
  envelope.slopes = dynamics.slopes;
  envelope.modulation = dynamics.modulation;
}

std::vector<double> cell_powers(const LevelSeries& series, const effects::CompressorParams* compressor) {
  if (compressor == nullptr) return {series.power.begin(), series.power.end()};
  std::vector<double> powers = compressed_powers<double>(series, to_dynamics_vector(*compressor));
  for (double& power : powers) power *= db_to_power(compressor->makeup_db);
  return powers;
}

measure::TrackProfile predict(const measure::TrackProfile& profile, const LevelSeries& series,
                              const Preset& preset) {
  measure::TrackProfile result = profile;
  if (series.cells() == 0) return result;
  const ChainParts parts = parts_of(preset);
  std::vector<double> density = filtered(profile, parts);
  const double bin_hz = profile.ltas.bin_hz;
  const TotalPower before = total_power(profile.ltas.mean.density, bin_hz, profile.rate_hz);
  const TotalPower after = total_power(density, bin_hz, profile.rate_hz);

  const LevelSeries played = shifted(series, power_to_db(after.plain / before.plain));
  const std::vector<double> powers = cell_powers(played, parts.compressor);
  set_envelope(powers, played.cell_rate_hz(), result.envelope);
  const double uncompressed =
      std::accumulate(played.power.begin(), played.power.end(), 0.0) / static_cast<double>(played.cells());
  const double compression = result.envelope.mean_power / uncompressed;

  for (double& d : density) d *= compression;
  result.ltas.mean = measure::make_spectrum(std::move(density), bin_hz, profile.rate_hz);
  result.envelope.peak *= std::sqrt(after.plain / before.plain * compression);
  if (result.loudness.integrated_lufs)
    *result.loudness.integrated_lufs += power_to_db(after.weighted / before.weighted * compression);
  return result;
}

}  // namespace

FitSource profiled_source(const measure::TrackProfile& profile, std::uint64_t seed) {
  FitSource result;
  const auto series =
      std::make_shared<const LevelSeries>(synthetic_level_series(profile, kSeriesSeconds, seed));
  const auto own = std::make_shared<const measure::TrackProfile>(predict(profile, *series, {}));
  result.profile = result.excerpt_profile = *own;
  result.play = result.play_whole = [own, series](const Preset& preset) -> Result<measure::TrackProfile> {
    return predict(*own, *series, preset);
  };
  result.levels = [own, series](const Preset& preset) -> Result<LevelSeries> {
    const std::vector<double> density = filtered(*own, parts_of(preset));
    const double after = std::accumulate(density.begin() + 1, density.end(), 0.0);
    const std::vector<double>& plain = own->ltas.mean.density;
    const double before = std::accumulate(plain.begin() + 1, plain.end(), 0.0);
    return shifted(*series, power_to_db(after / before));
  };
  return result;
}

}  // namespace aapp::fit
