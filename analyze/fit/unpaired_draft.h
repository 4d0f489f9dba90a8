// One attempt at an unpaired fit: the settings, what they were fitted to, and what they make of the source.
// A draft is made, then others are made from it; which of them is best is unpaired_fit.cpp's to say.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyze/fit/dynamics_target.h"
#include "analyze/fit/fit_options.h"
#include "analyze/fit/fit_plan.h"
#include "analyze/fit/fit_source.h"
#include "analyze/fit/level_match.h"
#include "analyze/fit/spectral_target.h"
#include "analyze/fit/unpaired_eq.h"

namespace aapp::fit {

struct Draft {
  FitPlan plan;
  SpectralTarget target;
  EqFitOptions eq_most;                    // what bands may do at most
  EqFitOptions eq_options;                 // what they need
  UncertaintyReport dynamics_uncertainty;  // once finished
  // Plain sentences: how many bands, what the compressor is for, why this draft and not the first.
  std::string band_count_remark, dynamics_remark, choice_remark;
  measure::TrackProfile result;  // of the excerpt; of all of it once finished
};

// What one plan came to: nearest in spectrum first, then what was played on the way there and has nearer
// levels.
using Drafts = std::vector<Draft>;

// Of what bands may do at most.
struct BandLimits {
  double gain_db, q;
  bool operator==(const BandLimits&) const = default;
};

class Drafter {
 public:
  // The reference as the source's excerpt should sound. All are kept by reference and must outlive it.
  Drafter(const FitSource& source, const measure::TrackProfile& reference, const FitOptions& options);

  // What is fitted first, to the source as it is: the equaliser, and then the compressor to what the
  // equalised source lacks, or the other way round. Part of what a compressor does an equaliser can do as
  // well, and the first of them does it. At the end the equaliser is corrected for what came out.
  enum class FittedFirst { equaliser, compressor };
  // None where it should begin with a compressor and there is no use for one.
  Result<Drafts> make(ChainOrder order, FittedFirst first);

  // The compressor once more, since a corrected equaliser gives it other levels: from where it stands, or
  // `anew`.
  enum class CompressorSearch { nearby, anew };
  Result<Drafts> with_dynamics_again(Draft draft, CompressorSearch search) const;

  // Another compressor or none.
  Result<Drafts> with_compressor(Draft draft, std::optional<effects::CompressorParams> compressor) const;

  // As many bands, which may do less, and the compressor anew.
  Result<Drafts> with_gentler_bands(Draft draft, const BandLimits& limits) const;

  // All settings moved at once, by how this draft's result answers to each (plan_step.h).
  Result<Drafts> stepped(const Draft& draft) const;

  // What is left to do when the rest is decided: all of the source played, the equaliser corrected once more
  // if that is needed, and the loudness settled.
  Result<Draft> finished(Draft draft) const;

 private:
  Result<void> first_equaliser(Draft& draft);
  void take_equaliser(Draft& draft, UnpairedEq eq) const;
  Result<void> fit_dynamics(Draft& draft, CompressorSearch search) const;
  Result<LevelSeries> compressor_input(const FitPlan& plan) const;
  void set_input_gain(Draft& draft) const;
  void refine_equaliser(Draft& draft, const measure::Ltas& played, double share, EqSearch search) const;
  Result<std::vector<measure::TrackProfile>> played(std::span<const FitPlan> plans) const;
  Result<Drafts> corrected(Draft draft) const;
  Drafts with_nearer_levels(Drafts played, std::size_t best) const;
  Result<Draft> played_whole(Draft draft) const;
  Result<Draft> corrected_on_whole(Draft draft) const;

  const FitSource& source_;
  const measure::TrackProfile& reference_;
  const FitOptions& options_;
  SpectralTarget first_target_;
  std::optional<UnpairedEq> first_eq_;  // what follows it best, once that was looked for
  DynamicsTarget dynamics_goal_;
  LevelGoal level_goal_;
};

}  // namespace aapp::fit
