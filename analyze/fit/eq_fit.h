// Fits the bands of a parametric equaliser, and a level offset, to a curve in dB. Least squares by
// Levenberg-Marquardt (Ceres) from many starts; the same input gives the same bits whatever the number of
// threads. docs/eq-fitting.md tells the method and its measured accuracy.
//
//   Result<EqFitResult> fit = fit_eq({.frequency_hz = f, .gain_db = g, .weight = {}}, {.bands = 8});
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyze/fit/eq_model.h"
#include "analyze/fit/range.h"
#include "analyze/fit/uncertainty.h"
#include "common/base/error.h"
#include "common/effects/eq.h"

namespace aapp::fit {

// What to follow. Frequencies strictly ascending, > 0; weights >= 0, one per point or none at all (all 1).
// The error is the weighted mean over the points as given: for an even error per octave give points evenly
// spaced in log frequency (log_grid and resample_log in eq_target.h).
struct EqTarget {
  std::vector<double> frequency_hz;
  std::vector<double> gain_db;
  std::vector<double> weight;
  // Where the points are bands of a spectrum: the power that each holds (eq_model.h). None: each point is its
  // frequency.
  std::vector<PowerCell> cells{};
};

// Which shapes may be used. At most one band of each kind other than peaks.
struct EqShapes {
  enum class Use { never, if_useful };
  Use peaks = Use::if_useful;
  Use low_shelf = Use::if_useful;
  Use high_shelf = Use::if_useful;
  Use low_pass = Use::never;
  Use high_pass = Use::never;
  int max_shelves = 2;  // of both kinds together
};

enum class LevelOffset { free, fixed };  // fixed: the curve's 0 dB is the equaliser's 0 dB

inline constexpr int kAutoBands = 0;

struct EqFitOptions {
  int bands = kAutoBands;  // 1 to 32, or kAutoBands: the smallest number that is worth it
  int max_bands = 10;      // for kAutoBands
  double max_error_db =
      0.0;  // for kAutoBands: the smallest number whose largest deviation is at most this; 0: by worth
  EqShapes shapes{};
  Range frequency_hz{20.0, 16000.0};  // where bands may sit; clipped to 0.45 of the rate
  Range gain_db{-16.0, 16.0};
  Range q{0.4, 4.0};
  LevelOffset offset = LevelOffset::free;
  double rate_hz = 48000.0;  // the rate whose (bilinear) response is fitted
  // Strength of the pull towards few dB and against bands that fight each other; 0 turns it off. 1 costs no
  // accuracy where the curve determines the bands.
  double restraint = 1.0;
  // How finely the curve was measured: bands are held wider than this (frequency / q). 0: as finely as any
  // band.
  double resolution_hz = 0.0;
  // Effort: `chains` searches of `search_steps` solves each (eq_search.h). 0 steps: the chains' first minima
  // only, about 10 ms.
  int chains = 8;
  int search_steps = 200;
  // With a fixed number of bands: the search ends where it comes within this; 0: it looks for the best. For
  // who asks only whether so many bands can do it.
  double enough_rms_db = 0.0;
  // With a fixed number of bands: as many that are known to be good, which one of the chains sets out from.
  std::vector<effects::EqBand> known{};
  std::uint64_t seed = 1;
  int threads = 0;  // 0: one per core. Does not change the result
};

// Error over the target's points (weighted as given; the largest is that of the points with at least a fifth
// of the largest weight).
struct EqFitError {
  double rms_db = 0.0;
  double max_db = 0.0;
  bool operator==(const EqFitError&) const = default;
};

struct EqFitResult {
  effects::EqParams eq;    // bands in order of frequency
  double offset_db = 0.0;  // target ~ offset + response of the bands
  EqFitError error;
  EqFitError flat_error;  // of no bands at all
  // "/bands/I/frequency_hz", "/bands/I/gain_db", "/bands/I/q" for every band (passes have no gain), then
  // "/offset_db" if it is free.
  UncertaintyReport uncertainty;
  std::string band_count_reason;        // one sentence; "asked for" unless kAutoBands
  std::vector<double> rms_db_by_bands;  // kAutoBands: what 0, 1, 2 ... bands reach
  int starts = 0;
  int iterations = 0;  // Levenberg-Marquardt steps of all starts
};

// ErrorCode::usage for options outside their ranges, ErrorCode::unreadable for a target that cannot be fitted
// (fewer than three points, not ascending, not finite, no weight inside the range).
Result<EqFitResult> fit_eq(const EqTarget& target, const EqFitOptions& options);

}  // namespace aapp::fit
