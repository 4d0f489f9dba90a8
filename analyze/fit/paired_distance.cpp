#include "analyze/fit/paired_distance.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/clipped_samples.h"
#include "analyze/fit/gain_trajectory.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

constexpr double kFrameMs = 10.0, kRangeDb = 50.0;
constexpr double kLeastEsr = 1e-20, kSilentPower = 1e-30;

// RMS difference of two gains over time where both are there.
double trajectory_error_db(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0, count = 0.0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) continue;
    sum += (a[i] - b[i]) * (a[i] - b[i]);
    count += 1.0;
  }
  return count > 0.0 ? std::sqrt(sum / count) : 0.0;
}

}  // namespace

PairedDistance paired_distance(const PairExcerpt& excerpt, const audio::AudioBuffer& rendered) {
  const std::size_t first = excerpt.warm_up_frames, frames = excerpt.dry.frames() - first;
  const audio::AudioBuffer dry = cut(excerpt.dry, first, frames);
  const audio::AudioBuffer wet = cut(excerpt.wet, first, frames);
  audio::AudioBuffer out = cut(rendered, first, frames);
  clip_as_wet(wet, out);
  double wet_out = 0.0, wet_wet = 0.0, out_out = 0.0;
  for (int c = 0; c < wet.channels(); ++c) {
    for (std::size_t n = 0; n < frames; ++n) {
      const double y = wet.channel(c)[n], z = out.channel(c)[n];
      wet_out += y * z, wet_wet += y * y, out_out += z * z;
    }
  }
  PairedDistance distance;
  if (!(wet_wet > 0.0) || !(out_out > 0.0)) return distance;
  distance.esr_db = power_to_db(std::max(kLeastEsr, 1.0 - wet_out * wet_out / (wet_wet * out_out)));
  distance.level_db = power_to_db((out_out + kSilentPower) / (wet_wet + kSilentPower));
  std::vector<int> all(static_cast<std::size_t>(wet.channels()));
  std::iota(all.begin(), all.end(), 0);
  const auto gain = [&](const audio::AudioBuffer& processed) {
    return observed_gain_db(make_gain_lane(dry, processed, all, excerpt.rate_hz), excerpt.rate_hz, kFrameMs,
                            kRangeDb);
  };
  distance.gain_trajectory_db = trajectory_error_db(gain(wet), gain(out));
  return distance;
}

}  // namespace aapp::fit
