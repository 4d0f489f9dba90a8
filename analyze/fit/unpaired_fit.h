// Makes one source sound like a reference when the two are different recordings: equaliser, compressor and
// level such that the source's averaged spectrum, level statistics and loudness become the reference's. The
// source is a recording (`--source`) or a profile that stands for one (reference alone); fit_source.h makes
// either.
//
// The story: target spectrum -> equaliser -> compressor for what the equalised source lacks -> play, measure,
// correct the equaliser for what came out -> level -> play all of it, measure, try other plans where much is
// left, and go back a step wherever the source would be farther from the reference than it was.
// docs/fitting.md tells the method and its measured accuracy.
#pragma once

#include <string>
#include <vector>

#include "analyze/fit/fit_options.h"
#include "analyze/fit/fit_source.h"
#include "analyze/fit/uncertainty.h"
#include "analyze/measure/distance.h"

namespace aapp::fit {

struct UnpairedFit {
  Preset preset;                 // chain only: name, provenance and the "fit" block are the caller's
  measure::TrackProfile result;  // the source through the preset
  measure::ProfileDistance before, after;  // of source and result from the reference
  // Names are JSON pointers into the preset: "/chain/1/params/bands/0/gain_db".
  std::vector<ParameterEstimate> parameters;
  std::vector<StrongCorrelation> strong_correlations;
  std::vector<std::string> remarks;  // plain sentences
};

// ErrorCode::unreadable for silence, ErrorCode::usage for options outside their ranges.
Result<UnpairedFit> fit_unpaired(const FitSource& source, const measure::TrackProfile& reference,
                                 const FitOptions& options);

}  // namespace aapp::fit
