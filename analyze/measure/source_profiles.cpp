#include "analyze/measure/source_profiles.h"

#include <algorithm>
#include <cmath>

#include "analyze/measure/source_profiles_data.h"
#include "common/base/nearest_name.h"
#include "common/base/units.h"

namespace aapp::measure {

namespace {

constexpr int kRateHz = 48000;
constexpr std::array<double, kModulationCount> kSteady{};  // noise hardly swings

// An ideal noise whose third octaves rise by the given dB each. Its windows all have nearly one level.
SourceProfile steady_noise(std::string_view name, std::string_view description, double rise_db) {
  SourceProfile profile{.name = name, .description = description, .modulation = kSteady};
  double whole = 0.0;
  for (std::size_t i = 0; i < kThirdOctaveCount; ++i) {
    profile.third_octaves_db[i] = rise_db * static_cast<double>(i);
    whole += db_to_power(profile.third_octaves_db[i]);
  }
  for (double& level_db : profile.third_octaves_db) level_db -= power_to_db(whole);
  profile.slopes.steady = 1.0;
  profile.crest_db = 12.0;  // of Gaussian noise over some seconds
  profile.loudness_lufs = -23.0;
  profile.rms_db = -23.0;
  return profile;
}

const std::array<SourceProfile, kMeasuredProfiles.size() + 2>& all_profiles() {
  static const auto profiles = [] {
    std::array<SourceProfile, kMeasuredProfiles.size() + 2> all;
    std::copy(kMeasuredProfiles.begin(), kMeasuredProfiles.end(), all.begin());
    // One third octave up, white noise has 2^(1/3) times the bandwidth.
    all[kMeasuredProfiles.size()] =
        steady_noise("flat", "the same power at every frequency (white)", power_to_db(std::cbrt(2.0)));
    all[kMeasuredProfiles.size() + 1] = steady_noise("pink", "the same power in every octave", 0.0);
    return all;
  }();
  return profiles;
}

using BandLevels = std::array<double, kThirdOctaveCount>;

// Density at the bands' centres, straight lines between them in dB over octaves, level beyond the ends.
std::vector<double> connect(const BandLevels& centres_db, double bin_hz, std::size_t bins) {
  const double lowest_hz = third_octave_bands().front().centre_hz;
  std::vector<double> density(bins, 0.0);
  for (std::size_t k = 1; k < bins; ++k) {
    const double place = 3.0 * std::log2(static_cast<double>(k) * bin_hz / lowest_hz);
    const double held = std::clamp(place, 0.0, static_cast<double>(kThirdOctaveCount - 1));
    const auto below = std::min(static_cast<std::size_t>(held), kThirdOctaveCount - 2);
    const double part = held - static_cast<double>(below);
    density[k] = db_to_power(centres_db[below] + part * (centres_db[below + 1] - centres_db[below]));
  }
  return density;
}

// A smooth density with the given band levels: the lines are bent until their integrals fit.
std::vector<double> smooth_density(const BandLevels& levels_db, double bin_hz, std::size_t bins) {
  constexpr int kRounds = 20;
  const auto bands = third_octave_bands();
  BandLevels centres_db;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    centres_db[i] = levels_db[i] - power_to_db(bands[i].high_hz - bands[i].low_hz);
  }
  std::vector<double> density = connect(centres_db, bin_hz, bins);
  for (int round = 0; round < kRounds; ++round) {
    const CumulativePower power(density, bin_hz);
    for (std::size_t i = 0; i < bands.size(); ++i) {
      centres_db[i] += 0.7 * (levels_db[i] - band_level_db(power.between(bands[i].low_hz, bands[i].high_hz)));
    }
    density = connect(centres_db, bin_hz, bins);
  }
  return density;
}

}  // namespace

std::span<const SourceProfile> source_profiles() {
  return all_profiles();
}

Result<const SourceProfile*> find_source_profile(std::string_view name) {
  std::vector<std::string_view> names;
  std::string list;
  for (const SourceProfile& profile : source_profiles()) {
    if (profile.name == name) return &profile;
    names.push_back(profile.name);
    list += fmt::format("{}{}", list.empty() ? "" : ", ", profile.name);
  }
  return fail(ErrorCode::usage, "no source profile \"{}\"; there are {}{}", name, list,
              did_you_mean(name, names));
}

TrackProfile to_track_profile(const SourceProfile& profile) {
  TrackProfile track;
  track.name = profile.name;
  track.rate_hz = kRateHz;
  track.channels = 1;
  EnvelopeStats& envelope = track.envelope;
  envelope.mean_power = db_to_power(profile.rms_db);
  envelope.peak = db_to_gain(profile.rms_db + profile.crest_db);
  for (std::size_t scale = 0; scale < kLevelScaleCount; ++scale) {
    envelope.levels[scale].window_ms = kLevelWindowsMs[scale];
    for (const double level_db : profile.levels_db[scale]) {
      envelope.levels[scale].add(profile.rms_db + level_db, 1.0 / kSourceLevelCount);
    }
  }
  envelope.slopes = profile.slopes;
  for (std::size_t i = 0; i < kModulationCount; ++i) {
    envelope.modulation[i] = {.depth = profile.modulation[i], .in_range = true};
  }
  track.loudness.integrated_lufs = profile.loudness_lufs;
  track.loudness.range_lu = profile.range_lu;
  track.ltas.segment_frames = ltas_segment_frames(kRateHz);
  track.ltas.segments = 1;
  track.ltas.bin_hz = static_cast<double>(kRateHz) / static_cast<double>(track.ltas.segment_frames);
  BandLevels levels_db = profile.third_octaves_db;
  for (double& level_db : levels_db) level_db += profile.rms_db;
  track.ltas.mean =
      make_spectrum(smooth_density(levels_db, track.ltas.bin_hz, track.ltas.segment_frames / 2 + 1),
                    track.ltas.bin_hz, kRateHz);
  track.shape = spectral_shape(track.ltas.mean, track.ltas.bin_hz);
  return track;
}

std::array<double, kKindAxes> project_on_kinds(const Fingerprint& fingerprint) {
  std::array<double, kKindAxes> place{};
  for (std::size_t axis = 0; axis < kKindAxes; ++axis) {
    for (std::size_t i = 0; i < kFingerprintCount; ++i)
      place[axis] += kKindDirections[axis][i] * fingerprint[i];
  }
  return place;
}

}  // namespace aapp::measure
