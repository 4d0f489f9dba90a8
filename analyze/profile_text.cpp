#include "analyze/profile_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/measure/likeness.h"
#include "analyze/measure/third_octave.h"
#include "common/base/units.h"

namespace aapp::analyze {

namespace {

using namespace measure;

constexpr int kPictureLines = 4;
constexpr int kStepsPerLine = 8;
constexpr double kStepDb = 2.0;

std::string value(std::optional<double> number, std::string_view unit) {
  return number ? fmt::format("{:.1f} {}", *number, unit) : "-";
}

std::string level(double level_db, std::string_view unit) {
  return level_db > kSilenceDb ? fmt::format("{:.1f} {}", level_db, unit) : fmt::format("-inf {}", unit);
}

std::string frequency(std::optional<double> hz) {
  if (!hz) return "-";
  return *hz < 1000.0 ? fmt::format("{:.0f} Hz", *hz) : fmt::format("{:.1f} kHz", *hz / 1000.0);
}

std::string title(const TrackProfile& profile) {
  return fmt::format("{}\n  {:g} kHz, {} channel{}, {:.2f} s\n", profile.name, profile.rate_hz / 1000.0,
                     profile.channels, profile.channels == 1 ? "" : "s", profile.duration_s());
}

std::string level_lines(const TrackProfile& profile) {
  const EnvelopeStats& envelope = profile.envelope;
  const std::optional<double>& true_peak = profile.loudness.true_peak;
  std::string text = fmt::format("  level       peak {}, ", level(envelope.peak_db(), "dBFS"));
  if (true_peak)
    text +=
        fmt::format("true peak {}, ", level(*true_peak > 0.0 ? gain_to_db(*true_peak) : kSilenceDb, "dBTP"));
  text += fmt::format("RMS {}, crest {:.1f} dB\n", level(envelope.rms_db(), "dBFS"), envelope.crest_db());
  text +=
      fmt::format("              noise floor {}, silence {:.0f} %, DC {:.5f}\n",
                  level(envelope.noise_floor_db(), "dBFS"), 100.0 * envelope.silence_share(), envelope.dc);
  return text;
}

std::string loudness_line(const Loudness& loudness) {
  return fmt::format("  loudness    {}, range {}, momentary max {}, short-term max {}\n",
                     value(loudness.integrated_lufs, "LUFS"), value(loudness.range_lu, "LU"),
                     value(loudness.momentary_max_lufs, "LUFS"), value(loudness.short_term_max_lufs, "LUFS"));
}

std::string levels_line(const LevelHistogram& histogram) {
  const std::vector<WeightedLevel> levels = histogram.levels();
  if (levels.empty()) return "  50 ms RMS   -\n";
  std::string text = "  50 ms RMS  ";
  for (const double share : kLevelQuantiles) {
    text += fmt::format(" {:.0f}%:{:.0f}", 100.0 * share, level_quantile_db(levels, share));
  }
  return text + " dBFS\n";
}

std::string modulation_line(const ModulationSpectrum& modulation) {
  std::string text = "  modulation ";
  for (std::size_t i = 0; i < kModulationCount; ++i) {
    const std::string depth =
        modulation[i].in_range ? fmt::format("{:.0f}%", 100.0 * modulation[i].depth) : "-";
    text += fmt::format(" {:g} Hz:{}", kModulationCentresHz[i], depth);
  }
  return text + "\n";
}

// The slope that the given share of the rising (or falling) time is slower than.
std::string typical_slope(const SlopeCounts& counts) {
  double total = 0.0;
  for (const double share : counts) total += share;
  double held = 0.0;
  for (std::size_t bin = 0; bin < kSlopeBinCount; ++bin) {
    held += counts[bin];
    if (total > 0.0 && held >= 0.5 * total) return fmt::format("{:.0f} dB/s", slope_bin_db_per_s(bin));
  }
  return "-";
}

std::string slope_line(const SlopeHistograms& slopes) {
  return fmt::format("  slopes      rising {}, falling {} (medians), steady {:.0f} %\n",
                     typical_slope(slopes.rising), typical_slope(slopes.falling), 100.0 * slopes.steady);
}

std::string likeness_line(const TrackProfile& profile) {
  const std::vector<Likeness> kinds = likeness(profile);
  return fmt::format("  sounds like {}, then {}\n", kinds[0].profile, kinds[1].profile);
}

std::string distance_lines(const ProfileDistance& d) {
  std::string text;
  const auto line = [&](std::string_view name, std::optional<double> number, std::string_view unit,
                        std::string_view note) {
    text += fmt::format("  {:<26} {:>9}  {}\n", name, number ? fmt::format("{:.2f} {}", *number, unit) : "-",
                        note);
  };
  line("spectrum, RMS", d.ltas_rms_db, "dB", "third octaves 50 Hz to 16 kHz, level removed");
  line("spectrum, largest", d.ltas_max_db, "dB", "");
  line("spectrum where both sound", d.ltas_shared_rms_db, "dB", "RMS over bands with energy in both");
  line("loudness", d.loudness_lu, "LU", "recording minus reference");
  line("loudness range", d.range_lu, "LU", "recording minus reference");
  line("crest factor", d.crest_db, "dB", "recording minus reference");
  line("level distribution", d.level_distribution_db, "dB",
       "Wasserstein distance of 50 ms levels, level removed");
  line("modulation", d.modulation_db, "dB", "RMS over octaves 0.5 to 32 Hz");
  line("slopes", d.slopes_oct, "oct", "Wasserstein distance of rise and fall speeds");
  return text;
}

std::string aligned_lines(const AlignedDistance& d) {
  std::string text =
      fmt::format("\n  time-aligned: the recording lags by {} frames, level matched by {:+.2f} dB\n",
                  d.lag_frames, d.level_db);
  const auto line = [&](std::string_view name, std::optional<double> number, std::string_view note) {
    text += fmt::format("  {:<26} {:>9}  {}\n", name, number ? fmt::format("{:.2f} dB", *number) : "-", note);
  };
  line("error to signal", d.esr_db, "after the best gain");
  line("gain trajectory", d.gain_trajectory_db, "RMS over 5 ms steps");
  line("50 ms levels", d.short_term_db, "RMS");
  line("log spectrogram", d.log_stft_db, "mean over four resolutions");
  return text;
}

}  // namespace

std::string spectrum_picture(const Spectrum& spectrum) {
  static constexpr std::array<std::string_view, kStepsPerLine + 1> kBlocks{" ", "▁", "▂", "▃", "▄",
                                                                           "▅", "▆", "▇", "█"};
  double strongest_db = kSilenceDb;
  for (const BandPower& band : spectrum.third_octaves)
    strongest_db = std::max(strongest_db, band_level_db(band.power));
  if (strongest_db <= kSilenceDb) return {};
  std::string text;
  for (int line = kPictureLines - 1; line >= 0; --line) {
    std::string row;
    for (const BandPower& band : spectrum.third_octaves) {
      const double under_db = strongest_db - band_level_db(band.power);
      const double height = kPictureLines * kStepsPerLine - std::floor(under_db / kStepDb);
      const double here = std::clamp(height - line * kStepsPerLine, 0.0, static_cast<double>(kStepsPerLine));
      const std::string_view block = kBlocks[static_cast<std::size_t>(here)];
      row += fmt::format("{}{}", block, block);
    }
    text += fmt::format("  {:>6.0f} dB {}\n",
                        strongest_db - (kPictureLines - 1 - line) * kStepsPerLine * kStepDb, row);
  }
  return text + "            25    50    100   200   400   800  1.6k  3.2k  6.3k  12.5k Hz\n";
}

std::string profile_text(const TrackProfile& profile) {
  std::string text = title(profile);
  if (profile.non_finite_samples > 0) {
    text += fmt::format("  {} samples are NaN or infinite; taken as 0\n", profile.non_finite_samples);
  }
  if (profile.frames == 0) return text + "  no sound in it\n";
  if (profile.silent()) return text + "  silent: every sample is 0\n";
  text += level_lines(profile);
  text += loudness_line(profile.loudness);
  text += levels_line(profile.envelope.levels[kMainScale]);
  text += slope_line(profile.envelope.slopes);
  text += modulation_line(profile.envelope.modulation);
  text +=
      fmt::format("  spectrum    centroid {}, bandwidth {}, tilt {}\n", frequency(profile.shape.centroid_hz),
                  frequency(profile.shape.bandwidth_hz), value(profile.shape.tilt_db_per_oct, "dB/oct"));
  if (profile.ltas.empty()) return text + "  too short for a spectrum\n";
  text += likeness_line(profile);
  return text + spectrum_picture(profile.ltas.mean);
}

std::string comparison_text(const Comparison& comparison) {
  std::string text =
      fmt::format("{}\n  beside the reference {}\n\n", comparison.recording.name, comparison.reference.name);
  text += distance_lines(comparison.distance);
  if (comparison.aligned) return text + aligned_lines(*comparison.aligned);
  return text + fmt::format("\n  not compared in time: {}\n", comparison.unaligned_reason);
}

}  // namespace aapp::analyze
