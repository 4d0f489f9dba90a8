// Recovers what was done to a recording from its dry and its processed version: which of gain, equaliser and
// compressor, in which order, with which settings, and how sure that is. The result is a preset that
// re-creates it.
//
//   Result<PairedFit> fit = fit_paired(dry, wet, 48000, {});
//
// The story: align; try the chains (nothing, EQ, compressor, EQ before and after a compressor) on an excerpt;
// keep the simplest whose error on held-out audio is as good as the best; refine it; render it through
// chain::render and measure. docs/compressor-fitting.md tells the method, its measured accuracy and its
// limits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analyze/fit/alignment.h"
#include "analyze/fit/band_limits.h"
#include "analyze/fit/eq_fit.h"
#include "analyze/fit/uncertainty.h"
#include "common/audio/block_source.h"
#include "common/base/error.h"
#include "common/preset/preset.h"

namespace aapp::fit {

enum class OrderChoice { automatic, eq_first, comp_first };

// What was found.
enum class ChainKind { identity, gain, eq, compressor, eq_then_compressor, compressor_then_eq };
std::string_view chain_kind_name(ChainKind kind);  // for people: "compressor, then equaliser"

// Which parts of the sound the fit may change.
struct FitAspects {
  bool eq = true;
  bool dynamics = true;
  bool level = true;
  bool operator==(const FitAspects&) const = default;
};

struct PairedFitOptions {
  OrderChoice order = OrderChoice::automatic;
  FitAspects aspects;
  int bands = kAutoBands;                 // 1 to 32, or kAutoBands
  int max_bands = 10;                     // for kAutoBands
  Range frequency_hz = kBandFrequencyHz;  // where bands may sit
  double max_gain_db = kMostBandGainDb;   // of a band
  double max_q = kHighestBandQ;
  int threads = 0;  // 0: one per core. Does not change the result
  std::uint64_t seed = 1;
};

// Distances between a rendering and the wet recording, both aligned, over the audio that the fit looked at.
struct PairedDistance {
  double esr_db = 0.0;              // error-to-signal ratio after the best single gain; -200 at most
  double gain_trajectory_db = 0.0;  // RMS difference of the gain of 10 ms frames within 50 dB of the loudest
  double level_db = 0.0;            // rendering's energy over the wet's
  bool operator==(const PairedDistance&) const = default;
};

struct PairedFit {
  Preset preset;  // chain only: name, provenance and the "fit" block are the caller's
  ChainKind kind = ChainKind::identity;
  Alignment alignment;
  // Names are JSON pointers into the preset: "/chain/1/params/ratio".
  std::vector<ParameterEstimate> parameters;
  std::vector<StrongCorrelation> strong_correlations;
  PairedDistance before;  // of the dry recording as it is
  PairedDistance after;   // of the preset's rendering
  PairedDistance
      held_out;  // the same on audio that no parameter was fitted to; equals `after` if there was none
  std::vector<std::string> remarks;  // plain sentences: what was found about alignment, chain and certainty
};

// Opens a recording from its start; called more than once.
using SourceOpener = std::function<Result<std::unique_ptr<audio::BlockSource>>()>;

// Recordings of any length in flat memory: levels are measured over the whole, the fit sees at most about a
// minute. ErrorCode::unreadable for recordings that cannot be a pair (rates or channels differ, nothing
// correlates, empty, clocks that drift apart); ErrorCode::usage for options outside their ranges.
Result<PairedFit> fit_paired(const SourceOpener& dry, const SourceOpener& wet,
                             const PairedFitOptions& options);

// The same of recordings in memory.
Result<PairedFit> fit_paired(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, int rate_hz,
                             const PairedFitOptions& options);

}  // namespace aapp::fit
