// The settings that an unpaired fit moves, and the chain that they make: a gain that brings the source to the
// level where the compressor works, the equaliser, the compressor, whose make-up sets the loudness.
#pragma once

#include <optional>

#include "analyze/fit/eq_problem.h"
#include "analyze/fit/uncertainty.h"
#include "common/effects/compressor.h"
#include "common/preset/preset.h"

namespace aapp::fit {

enum class ChainOrder { eq_first, comp_first };

struct FitPlan {
  double input_gain_db = 0.0;
  Bands bands;
  std::optional<effects::CompressorParams> compressor;
  double trim_db =
      0.0;  // after everything: the compressor's make-up, or part of the gain where there is none
  ChainOrder order = ChainOrder::eq_first;

  // Chain only. Nodes that would do nothing are left out; values are inside the effects' ranges.
  Preset preset() const;
  // Without the equaliser or the compressor that comes after it, for what they are fitted to.
  Preset preset_before_compressor() const;
};

// Names inside an effect ("ratio", "/bands/0/q") turned into pointers into the preset
// ("/chain/2/params/ratio").
enum class PlanPart { eq, compressor };
std::vector<ParameterEstimate> in_preset(const FitPlan& plan, PlanPart part,
                                         std::vector<ParameterEstimate> parameters);
std::vector<StrongCorrelation> in_preset(const FitPlan& plan, PlanPart part,
                                         std::vector<StrongCorrelation> correlations);

}  // namespace aapp::fit
