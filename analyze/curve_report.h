// What `aapp-analyze curve` found: how closely the bands follow the curve, as preset, as JSON and as text.
// Errors are taken as the comparisons of equalisers take them: over 400 log-spaced points, the mean error
// over 20 Hz to 10 kHz removed (the overall level is free), the curve held at its last value where it ends a
// little early.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyze/curve_app.h"
#include "analyze/fit/curve_csv.h"
#include "analyze/fit/eq_fit.h"
#include "common/preset/preset.h"

namespace aapp::analyze {

struct CurveFindings {
  CurveOptions options;
  fit::Curve curve;
  fit::Range followed_hz;
  fit::EqFitResult fit;
  // On 400 points from 20 Hz to 20 kHz or as far as the rate reaches.
  std::vector<double> frequency_hz{}, target_db{}, achieved_db{};  // achieved: bands and level
  // Of nothing, and of the bands. Absent where the curve or the rate does not reach that far.
  struct Errors {
    std::optional<fit::EqFitError> to_10k{}, to_20k{};
  };
  Errors before{}, after{};
  double preamp_db = 0.0;           // what the preset's gain holds
  double headroom_preamp_db = 0.0;  // the gain at which no frequency is boosted
};

CurveFindings judge_curve(const CurveOptions& options, const fit::Curve& curve, fit::Range followed_hz,
                          const fit::EqFitResult& fitted);

// gain, then eq, with the "fit" and "provenance" blocks.
Preset curve_preset(const CurveFindings& findings);
std::string curve_json(const CurveFindings& findings);
std::string curve_text(const CurveFindings& findings);

}  // namespace aapp::analyze
