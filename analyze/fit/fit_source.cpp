#include "analyze/fit/fit_source.h"

namespace aapp::fit {

measure::TrackProfile as_excerpt(const FitSource& source, measure::TrackProfile profile) {
  if (source.excerpt_is_whole()) return profile;
  const auto& whole = source.profile.ltas.mean.third_octaves;
  const auto& excerpt = source.excerpt_profile.ltas.mean.third_octaves;
  auto& bands = profile.ltas.mean.third_octaves;
  for (std::size_t i = 0; i < bands.size() && i < whole.size() && i < excerpt.size(); ++i) {
    if (whole[i].power > 0.0 && excerpt[i].power > 0.0) bands[i].power *= excerpt[i].power / whole[i].power;
  }
  return profile;
}

}  // namespace aapp::fit
