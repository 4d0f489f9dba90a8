// Built-in source profiles: what an untreated voice, instrument or mix usually sounds like. A fit that has
// only a reference takes one of them for the source. They are averages over real recordings
// (scripts/make-source-profiles, sources in scripts/source-profiles.manifest); flat (white) and pink are
// ideal steady noises.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "analyze/measure/envelope_stats.h"
#include "analyze/measure/likeness.h"
#include "analyze/measure/third_octave.h"
#include "analyze/measure/track_profile.h"
#include "common/base/error.h"

namespace aapp::measure {

inline constexpr std::size_t kSourceLevelCount = 20;
inline constexpr std::size_t kKindAxes = 4;

struct SourceProfile {
  std::string_view name{};
  std::string_view description{};
  int recordings = 0;  // behind it
  // Power in each third octave relative to the whole, dB: median over recordings, and how far from it they
  // scatter (standard deviation estimated from the median deviation).
  std::array<double, kThirdOctaveCount> third_octaves_db{};
  std::array<double, kThirdOctaveCount> third_octaves_spread_db{};
  // Levels of 10, 50 and 400 ms windows relative to the mean energy: 20 quantiles at 2.5, 7.5 .. 97.5 %.
  std::array<std::array<double, kSourceLevelCount>, kLevelScaleCount> levels_db{};
  std::array<double, kModulationCount> modulation{};  // depth
  SlopeHistograms slopes{};
  double crest_db = 0.0;
  double range_lu = 0.0;
  double loudness_lufs = 0.0;
  double rms_db = 0.0;
  std::array<double, kKindAxes> centre{};  // for likeness; all zero for flat and pink
};

// speech, vocal, beatbox, instrument, mix, flat, pink.
std::span<const SourceProfile> source_profiles();

// Fails with ErrorCode::usage and a list of the known names.
Result<const SourceProfile*> find_source_profile(std::string_view name);

// The same as a track profile (48 kHz, mono) with whatever a profile tells; its density is smooth.
TrackProfile to_track_profile(const SourceProfile& profile);

// The directions of likeness.h: projection of a fingerprint.
std::array<double, kKindAxes> project_on_kinds(const Fingerprint& fingerprint);

}  // namespace aapp::measure
