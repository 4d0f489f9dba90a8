#include "analyze/report/recording_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "analyze/measure/third_octave.h"
#include "common/base/units.h"

namespace aapp::report {
namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();
constexpr double kLevelStepDb = 1.0;  // of the level distribution

std::string plot_id(std::string_view kind, const Recording& recording) {
  std::string id(kind);
  id += '-';
  for (const char c : recording.name) id += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
  return id;
}

double mean_of_finite(const std::vector<double>& values) {
  double sum = 0.0, count = 0.0;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    sum += v;
    count += 1.0;
  }
  return count > 0.0 ? sum / count : 0.0;
}

// Levels of the bands that have energy, gaps elsewhere; empty for a recording too short to tell.
std::vector<double> band_levels(const Recording& recording) {
  std::vector<double> levels;
  for (const measure::BandPower& band : recording.profile.ltas.mean.third_octaves) {
    levels.push_back(band.has_energy ? measure::band_level_db(band.power) : kGap);
  }
  return levels;
}

std::vector<double> third_octave_centres(std::size_t count) {
  std::vector<double> centres;
  for (const measure::Band& band : measure::third_octave_bands()) {
    if (centres.size() < count) centres.push_back(band.centre_hz);
  }
  return centres;
}

Series time_series(const Recording& recording, const std::vector<float>& values, Mark mark,
                   std::string name) {
  Series series{.name = std::move(name), .role = recording.role, .mark = mark};
  for (std::size_t i = 0; i < values.size(); ++i) {
    series.x.push_back((static_cast<double>(i) + 0.5) * recording.timeline.step_s);
    series.y.push_back(values[i]);
  }
  return series;
}

Axis time_axis(double duration_s) {
  return linear_axis("time, s", 0.0, std::max(duration_s, 1e-3));
}

double longest_s(std::span<const Recording> recordings) {
  double longest = 0.0;
  for (const Recording& r : recordings) longest = std::max(longest, r.profile.duration_s());
  return longest;
}

std::string names_of(std::span<const Recording> recordings) {
  std::string names;
  for (const Recording& r : recordings) names += (names.empty() ? "" : ", ") + r.name;
  return names;
}

void mirror(Series& series) {
  for (const double v : series.y) series.y_low.push_back(-v);
}

}  // namespace

Plot spectrum_plot(std::span<const Recording> recordings) {
  Plot plot{.id = "spectrum",
            .title = "Averaged spectrum",
            .summary = "Third-octave levels of " + names_of(recordings) + ", each relative to its own mean.",
            .x = frequency_axis(20.0, 20000.0)};
  for (const Recording& recording : recordings) {
    Series series{.name = recording.name, .role = recording.role, .y = band_levels(recording)};
    series.x = third_octave_centres(series.y.size());
    const double mean = mean_of_finite(series.y);
    for (double& level : series.y) level -= mean;
    plot.series.push_back(std::move(series));
  }
  plot.y = axis_around("level, dB", plot.series, 24.0);
  return plot;
}

Plot spectrum_difference_plot(const Recording& reference, std::span<const Recording> others) {
  Plot plot{.id = "spectrum-difference",
            .title = "Difference from the reference",
            .summary = "How far the third-octave spectrum of " + names_of(others) +
                       " lies above (positive) or below the reference's, with the level taken out.",
            .x = frequency_axis(20.0, 20000.0)};
  const std::vector<double> wanted = band_levels(reference);
  for (const Recording& other : others) {
    Series series{.name = other.name, .role = other.role, .y = band_levels(other)};
    series.y.resize(std::min(series.y.size(), wanted.size()));
    series.x = third_octave_centres(series.y.size());
    for (std::size_t i = 0; i < series.y.size(); ++i) series.y[i] -= wanted[i];
    const double mean = mean_of_finite(series.y);
    for (double& difference : series.y) difference -= mean;
    plot.series.push_back(std::move(series));
  }
  plot.y = axis_around("difference, dB", plot.series, 12.0);
  return plot;
}

Plot level_plot(std::span<const Recording> recordings) {
  Plot plot{.id = "levels",
            .title = "Distribution of levels",
            .summary = "Share of time that the 50 ms level of " + names_of(recordings) +
                       " spends at each level, relative to the mean energy.",
            .x = linear_axis("level over the mean, dB", -measure::kLevelRangeDb, 20.0, 7)};
  const auto bins = static_cast<std::size_t>((plot.x.max - plot.x.min) / kLevelStepDb);
  for (const Recording& recording : recordings) {
    Series series{.name = recording.name, .role = recording.role};
    series.y.assign(bins, 0.0);
    double total = 0.0;
    for (const measure::WeightedLevel& level : recording.profile.envelope.relative_levels_50ms()) {
      const double bin =
          std::clamp((level.level_db - plot.x.min) / kLevelStepDb, 0.0, static_cast<double>(bins) - 1.0);
      series.y[static_cast<std::size_t>(bin)] += level.weight;
      total += level.weight;
    }
    for (std::size_t i = 0; i < bins; ++i) {
      series.x.push_back(plot.x.min + (static_cast<double>(i) + 0.5) * kLevelStepDb);
      if (total > 0.0) series.y[i] *= 100.0 / total;
    }
    plot.series.push_back(std::move(series));
  }
  plot.y = axis_around("share of time, %", plot.series, 5.0);
  return plot;
}

Plot modulation_plot(std::span<const Recording> recordings) {
  Plot plot{.id = "modulation",
            .title = "Modulation spectrum",
            .summary = "How strongly the envelope of " + names_of(recordings) +
                       " swings at which speed: syllables and beats lie near 2 to 8 Hz.",
            .x = frequency_axis(0.35, 45.0)};
  plot.x.label = "modulation frequency, Hz";
  plot.x.ticks.clear();
  for (const double hz : measure::kModulationCentresHz) plot.x.ticks.push_back({hz, fmt::format("{:g}", hz)});
  for (const Recording& recording : recordings) {
    Series series{.name = recording.name, .role = recording.role};
    for (std::size_t i = 0; i < measure::kModulationCount; ++i) {
      const measure::ModulationBand& band = recording.profile.envelope.modulation[i];
      series.x.push_back(measure::kModulationCentresHz[i]);
      series.y.push_back(band.in_range ? measure::modulation_level_db(band) : kGap);
    }
    plot.series.push_back(std::move(series));
  }
  plot.y = axis_around("depth, dB", plot.series, 20.0);
  return plot;
}

Plot loudness_plot(std::span<const Recording> recordings) {
  Plot plot{.id = "loudness",
            .title = "Loudness over time",
            .summary = "Short-term loudness (3 s windows, EBU Tech 3341) of " + names_of(recordings) + ".",
            .x = time_axis(longest_s(recordings))};
  for (const Recording& recording : recordings) {
    const measure::Timeline& timeline = recording.timeline;
    Series series{.name = recording.name, .role = recording.role};
    constexpr double kWindowS = 3.0;
    const std::size_t stride =
        std::max<std::size_t>(1, timeline.short_term_lufs.size() / measure::kTimelineSteps);
    for (std::size_t i = 0; i < timeline.short_term_lufs.size(); i += stride) {
      series.x.push_back(kWindowS + static_cast<double>(i) * timeline.loudness_step_s);
      const double lufs = timeline.short_term_lufs[i];
      series.y.push_back(lufs > measure::kLoudnessLowLufs ? lufs : kGap);
    }
    plot.series.push_back(std::move(series));
  }
  plot.y = axis_around("loudness, LUFS", plot.series, 10.0);
  return plot;
}

Plot waveform_plot(const Recording& recording) {
  Plot plot{.id = plot_id("waveform", recording),
            .title = "Waveform: " + recording.name,
            .summary = "Peak (light) and RMS (dark) of " + recording.name + " over time.",
            .x = time_axis(recording.profile.duration_s())};
  plot.series.push_back(time_series(recording, recording.timeline.peak, Mark::ribbon, "peak"));
  plot.series.push_back(time_series(recording, recording.timeline.rms, Mark::bars, "RMS"));
  for (Series& series : plot.series) mirror(series);
  plot.y = linear_axis("amplitude", -1.0, 1.0, 4);
  return plot;
}

Plot brightness_plot(const Recording& recording) {
  Plot plot{.id = plot_id("brightness", recording),
            .title = "Waveform by brightness: " + recording.name,
            .summary = fmt::format(
                "Peaks of {} over time; each event is coloured by its spectral centroid, from dark blue "
                "(100 Hz) to bright orange (8 kHz). {} events.",
                recording.name, recording.timeline.onsets_s.size()),
            .x = time_axis(recording.profile.duration_s())};
  Series series = time_series(recording, recording.timeline.peak, Mark::bars, "peak");
  mirror(series);
  for (const float hz : recording.timeline.centroid_hz) {
    constexpr double kDarkHz = 100.0, kBrightHz = 8000.0;
    const double share = hz > 0.0F ? std::log(hz / kDarkHz) / std::log(kBrightHz / kDarkHz) : 0.0;
    series.hue.push_back(std::clamp(share, 0.0, 1.0));
  }
  plot.series.push_back(std::move(series));
  plot.y = linear_axis("amplitude", -1.0, 1.0, 4);
  return plot;
}

}  // namespace aapp::report
