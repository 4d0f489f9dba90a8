// Which part of a pair the fit looks at: a region that fits in memory, and in it an excerpt to search in, one
// to fit to and one that is only ever used to judge.
#pragma once

#include "analyze/fit/compressor_data.h"
#include "analyze/fit/paired_fit.h"

namespace aapp::fit {

// A dry and a wet recording of the same place, not yet aligned.
struct PairRegion {
  int rate_hz = 48000;
  audio::AudioBuffer dry, wet;
  bool whole = true;  // starts where the recordings start
};

// The region of at most kMaxRegionFrames samples per channel whose level moves most. Errors as fit_paired.
inline constexpr std::size_t kMaxRegionFrames = std::size_t{1} << 21;
Result<PairRegion> load_region(const SourceOpener& dry, const SourceOpener& wet);

struct PairSplit {
  PairExcerpt search;    // some seconds, where the gain moves most: for the race of topologies
  PairExcerpt heat;      // less of it, for the first heat
  PairExcerpt fit;       // at most 20 s: what parameters are fitted to
  PairExcerpt held_out;  // what they are judged on; the whole of a pair under 4 s
};

// Requires aligned recordings of equal length.
PairSplit split_pair(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, int rate_hz, bool whole);

}  // namespace aapp::fit
