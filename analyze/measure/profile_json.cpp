#include "analyze/measure/profile_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "analyze/measure/erb.h"
#include "analyze/measure/likeness.h"
#include "analyze/measure/third_octave.h"
#include "common/base/units.h"

namespace aapp::measure {

namespace {

using Json = nlohmann::ordered_json;

// Six significant digits: more than any measure means, and a fraction of the text.
Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::stod(fmt::format("{:.6g}", value));
}

Json number(const std::optional<double>& value) {
  return value ? number(*value) : Json(nullptr);
}

Json level(double level_db) {
  return level_db > kSilenceDb ? number(level_db) : Json(nullptr);
}

Json gain(const std::optional<double>& gain) {
  return gain && *gain > 0.0 ? number(gain_to_db(*gain)) : Json(nullptr);
}

template <class Range, class Convert>
Json list(const Range& range, Convert convert) {
  Json array = Json::array();
  for (const auto& item : range) array.push_back(convert(item));
  return array;
}

template <class Range>
Json numbers(const Range& range) {
  return list(range, [](double value) { return number(value); });
}

Json band_levels(const std::vector<BandPower>& bands) {
  return list(bands, [](const BandPower& band) {
    return band.in_range ? level(band_level_db(band.power)) : nullptr;
  });
}

// One grid: where its bands are and what each spectrum has there. `bands` picks the grid's powers of a
// spectrum.
Json grid_json(std::span<const Band> grid, const Ltas& ltas, std::vector<BandPower> Spectrum::*bands) {
  Json json{{"centre_hz", list(grid, [](const Band& band) { return number(band.centre_hz); })},
            {"mean_db", band_levels(ltas.mean.*bands)},
            {"has_energy", list(ltas.mean.*bands, [](const BandPower& band) { return band.has_energy; })},
            {"channels_db",
             list(ltas.channels, [&](const Spectrum& channel) { return band_levels(channel.*bands); })}};
  json["mid_db"] = ltas.mid ? band_levels((*ltas.mid).*bands) : Json(nullptr);
  json["side_db"] = ltas.side ? band_levels((*ltas.side).*bands) : Json(nullptr);
  return json;
}

Json spectrum_json(const TrackProfile& profile) {
  const Ltas& ltas = profile.ltas;
  Json json{{"centroid_hz", number(profile.shape.centroid_hz)},
            {"bandwidth_hz", number(profile.shape.bandwidth_hz)},
            {"tilt_db_per_oct", number(profile.shape.tilt_db_per_oct)},
            {"segment_frames", ltas.segment_frames},
            {"segments", ltas.segments}};
  json["third_octaves"] =
      ltas.empty() ? nullptr : grid_json(third_octave_bands(), ltas, &Spectrum::third_octaves);
  json["erb"] = ltas.empty() ? nullptr : grid_json(erb_bands(), ltas, &Spectrum::erbs);
  json["density"] = nullptr;
  if (!ltas.empty()) {
    json["density"] = {{"bin_hz", number(ltas.bin_hz)},
                       {"mean_db_per_hz", list(ltas.mean.density, [](double density) {
                          return level(band_level_db(density));
                        })}};
  }
  return json;
}

Json loudness_json(const Loudness& loudness) {
  return {{"integrated_lufs", number(loudness.integrated_lufs)},
          {"range_lu", number(loudness.range_lu)},
          {"momentary_max_lufs", number(loudness.momentary_max_lufs)},
          {"short_term_max_lufs", number(loudness.short_term_max_lufs)},
          {"short_term_distribution",
           {{"from_lufs", kLoudnessLowLufs},
            {"step_lu", kLoudnessBinLu},
            {"shares", numbers(loudness.short_term)}}}};
}

Json level_json(const TrackProfile& profile) {
  const EnvelopeStats& envelope = profile.envelope;
  return {{"peak_db", level(envelope.peak_db())},
          {"true_peak_db", gain(profile.loudness.true_peak)},
          {"rms_db", level(envelope.rms_db())},
          {"crest_db", profile.silent() ? Json(nullptr) : number(envelope.crest_db())},
          {"noise_floor_db", level(envelope.noise_floor_db())},
          {"silence_share", number(envelope.silence_share())},
          {"dc", number(envelope.dc)}};
}

Json histogram_json(const LevelHistogram& histogram) {
  const std::vector<WeightedLevel> levels = histogram.levels();
  Json quantiles = Json::array();
  for (const double share : kLevelQuantiles) {
    quantiles.push_back(
        {{"share", share},
         {"level_db", levels.empty() ? Json(nullptr) : number(level_quantile_db(levels, share))}});
  }
  return {{"window_ms", histogram.window_ms},
          {"quantiles", quantiles},
          {"level_db", list(levels, [](const WeightedLevel& level) { return number(level.level_db); })},
          {"weight", list(levels, [](const WeightedLevel& level) { return number(level.weight); })}};
}

Json slopes_json(const SlopeHistograms& slopes) {
  Json edges = Json::array();
  for (std::size_t bin = 0; bin < kSlopeBinCount; ++bin) edges.push_back(number(slope_bin_db_per_s(bin)));
  return {{"from_db_per_s", edges},
          {"rising", numbers(slopes.rising)},
          {"falling", numbers(slopes.falling)},
          {"steady", number(slopes.steady)}};
}

Json modulation_json(const ModulationSpectrum& modulation) {
  return {{"centre_hz", numbers(kModulationCentresHz)},
          {"depth", list(modulation, [](const ModulationBand& band) {
             return band.in_range ? number(band.depth) : nullptr;
           })}};
}

// File names need not be UTF-8; JSON must be.
std::string dump(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

Json profile_json(const TrackProfile& profile) {
  return {{"file", profile.name},
          {"rate_hz", profile.rate_hz},
          {"channels", profile.channels},
          {"frames", profile.frames},
          {"duration_s", number(profile.duration_s())},
          {"non_finite_samples", profile.non_finite_samples},
          {"level", level_json(profile)},
          {"loudness", loudness_json(profile.loudness)},
          {"levels", list(profile.envelope.levels, histogram_json)},
          {"slopes", slopes_json(profile.envelope.slopes)},
          {"modulation", modulation_json(profile.envelope.modulation)},
          {"spectrum", spectrum_json(profile)},
          {"fingerprint", numbers(fingerprint(profile))},
          {"likeness", list(likeness(profile), [](const Likeness& one) {
             return Json{{"profile", one.profile}, {"distance", number(one.distance)}};
           })}};
}

Json distance_json(const ProfileDistance& distance) {
  return {{"ltas_rms_db", number(distance.ltas_rms_db)},
          {"ltas_max_db", number(distance.ltas_max_db)},
          {"ltas_shared_rms_db", number(distance.ltas_shared_rms_db)},
          {"ltas_shared_max_db", number(distance.ltas_shared_max_db)},
          {"loudness_lu", number(distance.loudness_lu)},
          {"crest_db", number(distance.crest_db)},
          {"range_lu", number(distance.range_lu)},
          {"level_distribution_db", number(distance.level_distribution_db)},
          {"modulation_db", number(distance.modulation_db)},
          {"slopes_oct", number(distance.slopes_oct)}};
}

Json aligned_json(const AlignedDistance& aligned) {
  return {{"lag_frames", aligned.lag_frames},
          {"level_db", number(aligned.level_db)},
          {"correlation", number(aligned.correlation)},
          {"esr_db", number(aligned.esr_db)},
          {"gain_trajectory_db", number(aligned.gain_trajectory_db)},
          {"log_stft_db", number(aligned.log_stft_db)},
          {"short_term_db", number(aligned.short_term_db)}};
}

}  // namespace

std::string profiles_json(std::span<const TrackProfile> profiles, std::span<const Unmeasured> unmeasured) {
  return dump({{"format", "aapp-measure"},
               {"version", 1},
               {"recordings", list(profiles, profile_json)},
               {"errors", list(unmeasured, [](const Unmeasured& one) {
                  return Json{{"file", one.name}, {"message", one.reason}};
                })}});
}

std::string comparison_json(const Comparison& comparison) {
  const auto summary = [](const TrackProfile& profile) {
    return Json{{"file", profile.name},
                {"rate_hz", profile.rate_hz},
                {"channels", profile.channels},
                {"duration_s", number(profile.duration_s())},
                {"integrated_lufs", number(profile.loudness.integrated_lufs)},
                {"range_lu", number(profile.loudness.range_lu)},
                {"crest_db", profile.silent() ? Json(nullptr) : number(profile.envelope.crest_db())}};
  };
  return dump(
      {{"format", "aapp-compare"},
       {"version", 1},
       {"recording", summary(comparison.recording)},
       {"reference", summary(comparison.reference)},
       {"distance", distance_json(comparison.distance)},
       {"aligned", comparison.aligned ? aligned_json(*comparison.aligned) : Json(nullptr)},
       {"not_aligned_because", comparison.aligned ? Json(nullptr) : Json(comparison.unaligned_reason)}});
}

}  // namespace aapp::measure
