#include "analyze/fit/level_match.h"

#include <fmt/format.h>

#include <cmath>

namespace aapp::fit {

LevelGoal::LevelGoal(const measure::TrackProfile& source, const measure::TrackProfile& reference,
                     double amount)
    : by_loudness_(source.loudness.integrated_lufs && reference.loudness.integrated_lufs),
      goal_db_(by_loudness_
                   ? std::lerp(*source.loudness.integrated_lufs, *reference.loudness.integrated_lufs, amount)
                   : std::lerp(source.envelope.rms_db(), reference.envelope.rms_db(), amount)) {}

double LevelGoal::missing_db(const measure::TrackProfile& result) const {
  if (!by_loudness_) return goal_db_ - result.envelope.rms_db();
  // A result under the absolute gate has no loudness; its RMS level says about how far off it is.
  return goal_db_ - result.loudness.integrated_lufs.value_or(result.envelope.rms_db());
}

std::string peak_remark(const measure::TrackProfile& result) {
  if (!(result.envelope.peak > 1.0)) return "";
  return fmt::format(
      "At the reference's loudness the source's peaks reach {:+.1f} dBFS: floating-point files hold them, "
      "integer "
      "files and sound cards clip them. Add a limiter after this chain, or turn its last gain down by that "
      "much.",
      result.envelope.peak_db());
}

}  // namespace aapp::fit
