// weighted_average of track_profile.h: one profile that stands for several references.
#include <algorithm>
#include <cassert>
#include <cmath>

#include "analyze/measure/track_profile.h"
#include "common/base/units.h"

namespace aapp::measure {

namespace {

struct Weighted {
  std::span<const TrackProfile> profiles;
  std::vector<double> weights;  // sum 1

  // Weighted mean of what the profiles that have it say.
  template <class Get>
  std::optional<double> mean(Get get) const {
    double sum = 0.0;
    double total = 0.0;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      const std::optional<double> value = get(profiles[i]);
      if (!value) continue;
      sum += weights[i] * *value;
      total += weights[i];
    }
    return total > 0.0 ? std::optional(sum / total) : std::nullopt;
  }
};

std::optional<double> level_of(const TrackProfile& profile) {
  return profile.silent() ? std::nullopt : std::optional(profile.envelope.rms_db());
}

// The densities, each brought to mean power `power`, averaged on the bins of `grid`. Where a recording's own
// Nyquist frequency ends, the others go on alone.
Spectrum average_spectrum(const Weighted& all, const TrackProfile& grid, double power) {
  const std::size_t bins = grid.ltas.mean.density.size();
  std::vector<double> density(bins, 0.0);
  std::vector<double> total(bins, 0.0);
  for (std::size_t i = 0; i < all.profiles.size(); ++i) {
    const TrackProfile& profile = all.profiles[i];
    if (profile.ltas.empty() || profile.silent()) continue;
    const CumulativePower cumulative(profile.ltas.mean.density, profile.ltas.bin_hz);
    const double gain = power / profile.envelope.mean_power;
    for (std::size_t k = 0; k < bins; ++k) {
      const double centre_hz = static_cast<double>(k) * grid.ltas.bin_hz;
      if (centre_hz > 0.5 * profile.rate_hz * kUsableNyquist && profile.rate_hz < grid.rate_hz) break;
      const double low_hz = std::max(0.0, centre_hz - 0.5 * grid.ltas.bin_hz);
      const double high_hz = centre_hz + 0.5 * grid.ltas.bin_hz;
      density[k] += all.weights[i] * gain * cumulative.between(low_hz, high_hz) / grid.ltas.bin_hz;
      total[k] += all.weights[i];
    }
  }
  for (std::size_t k = 0; k < bins; ++k) {
    if (total[k] > 0.0) density[k] /= total[k];
  }
  return make_spectrum(std::move(density), grid.ltas.bin_hz, grid.rate_hz);
}

// The widest band first, then the finest bins.
const TrackProfile& finest(const Weighted& all) {
  const TrackProfile* best = &all.profiles.front();
  for (const TrackProfile& profile : all.profiles) {
    const bool wider = profile.rate_hz > best->rate_hz;
    const bool finer =
        profile.rate_hz == best->rate_hz && profile.ltas.segment_frames > best->ltas.segment_frames;
    if (!profile.ltas.empty() && (best->ltas.empty() || wider || finer)) best = &profile;
  }
  return *best;
}

void average_levels(const Weighted& all, double level_db, EnvelopeStats& result) {
  for (std::size_t scale = 0; scale < kLevelScaleCount; ++scale) {
    LevelHistogram& mixed = result.levels[scale];
    mixed.window_ms = kLevelWindowsMs[scale];
    for (std::size_t i = 0; i < all.profiles.size(); ++i) {
      const EnvelopeStats& envelope = all.profiles[i].envelope;
      const double total = envelope.levels[scale].total();
      if (!(total > 0.0) || all.profiles[i].silent()) continue;
      for (const WeightedLevel& level : envelope.levels[scale].levels()) {
        mixed.add(level.level_db - envelope.rms_db() + level_db, all.weights[i] * level.weight / total);
      }
    }
  }
}

void average_slopes(const Weighted& all, SlopeHistograms& result) {
  for (std::size_t i = 0; i < all.profiles.size(); ++i) {
    const SlopeHistograms& slopes = all.profiles[i].envelope.slopes;
    for (std::size_t bin = 0; bin < kSlopeBinCount; ++bin) {
      result.rising[bin] += all.weights[i] * slopes.rising[bin];
      result.falling[bin] += all.weights[i] * slopes.falling[bin];
    }
    result.steady += all.weights[i] * slopes.steady;
  }
}

void average_modulation(const Weighted& all, ModulationSpectrum& result) {
  for (std::size_t band = 0; band < kModulationCount; ++band) {
    const std::optional<double> level_db = all.mean([&](const TrackProfile& profile) {
      const ModulationBand& own = profile.envelope.modulation[band];
      return own.in_range ? std::optional(modulation_level_db(own)) : std::nullopt;
    });
    if (level_db) result[band] = {.depth = db_to_gain(*level_db), .in_range = true};
  }
}

Loudness average_loudness(const Weighted& all) {
  const auto mean = [&](std::optional<double> Loudness::*member) {
    return all.mean([&](const TrackProfile& profile) { return profile.loudness.*member; });
  };
  Loudness result{.integrated_lufs = mean(&Loudness::integrated_lufs),
                  .range_lu = mean(&Loudness::range_lu),
                  .momentary_max_lufs = mean(&Loudness::momentary_max_lufs),
                  .short_term_max_lufs = mean(&Loudness::short_term_max_lufs),
                  .true_peak = mean(&Loudness::true_peak),
                  .short_term = {}};
  for (std::size_t i = 0; i < all.profiles.size(); ++i) {
    for (std::size_t bin = 0; bin < kLoudnessBinCount; ++bin) {
      result.short_term[bin] += all.weights[i] * all.profiles[i].loudness.short_term[bin];
    }
  }
  return result;
}

}  // namespace

TrackProfile weighted_average(std::span<const TrackProfile> profiles, std::span<const double> weights) {
  assert(!profiles.empty() && profiles.size() == weights.size());
  if (profiles.size() == 1) return profiles.front();
  Weighted all{profiles, {weights.begin(), weights.end()}};
  double sum = 0.0;
  for (const double weight : weights) sum += weight;
  for (double& weight : all.weights) weight /= sum;

  const TrackProfile& grid = finest(all);
  TrackProfile result;
  result.name = "average of " + std::to_string(profiles.size()) + " recordings";
  result.rate_hz = grid.rate_hz;
  for (const TrackProfile& profile : profiles) {
    result.channels = std::max(result.channels, profile.channels);
    result.frames += std::llround(profile.duration_s() * grid.rate_hz);
    result.non_finite_samples += profile.non_finite_samples;
  }
  result.loudness = average_loudness(all);
  const std::optional<double> level_db = all.mean(level_of);
  if (!level_db) return result;
  const std::optional<double> crest_db = all.mean([](const TrackProfile& profile) {
    return profile.silent() ? std::nullopt : std::optional(profile.envelope.crest_db());
  });
  result.envelope.mean_power = db_to_power(*level_db);
  result.envelope.peak = db_to_gain(*level_db + crest_db.value_or(0.0));
  average_levels(all, *level_db, result.envelope);
  average_slopes(all, result.envelope.slopes);
  average_modulation(all, result.envelope.modulation);
  if (grid.ltas.empty()) return result;
  result.ltas.segment_frames = grid.ltas.segment_frames;
  result.ltas.bin_hz = grid.ltas.bin_hz;
  for (const TrackProfile& profile : profiles) result.ltas.segments += profile.ltas.segments;
  result.ltas.mean = average_spectrum(all, grid, result.envelope.mean_power);
  result.shape = spectral_shape(result.ltas.mean, result.ltas.bin_hz);
  return result;
}

}  // namespace aapp::measure
