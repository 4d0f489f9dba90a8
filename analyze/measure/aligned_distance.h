// How far apart two recordings of the same performance are, moment by moment: for a result beside the truth,
// or a wet recording beside its dry one.
#pragma once

#include <cstdint>
#include <optional>

#include "common/audio/buffer.h"

namespace aapp::measure {

struct AlignedOptions {
  double max_lag_ms = 100.0;  // the search for the lag looks this far both ways
};

// Levels are matched by total energy first, except for the error-to-signal ratio, which takes the best gain.
// Absent where the stretch that both cover is too short or silent.
struct AlignedDistance {
  std::int64_t lag_frames = 0;   // by how much the other comes later
  double level_db = 0.0;         // what was added to the other to match energies
  std::optional<double> esr_db;  // power of the difference over that of the reference, -300 for none
  std::optional<double>
      gain_trajectory_db;               // RMS deviation of the momentary gain (5 ms) from its weighted mean
  std::optional<double> log_stft_db;    // mean absolute difference of log magnitudes, 4 resolutions
  std::optional<double> short_term_db;  // RMS difference of 50 ms levels
  std::optional<double> correlation;    // of the aligned mono sums, -1 to 1: near 0 means other material
  bool operator==(const AlignedDistance&) const = default;
};

// Frames by which `other` lags `reference`, by cross-correlation of the mono sums, at most max_lag_frames
// either way. Of long recordings a stretch of some minutes in the middle decides.
std::int64_t find_lag(audio::ConstAudioView reference, audio::ConstAudioView other,
                      std::int64_t max_lag_frames);

// Same rate for both. Where channel counts differ, the mean of other's channels is compared with each of the
// reference. A lag is taken out only if that explains the recording clearly better: a filter's group delay is
// no lag.
AlignedDistance aligned_distance(const audio::AudioBuffer& reference, const audio::AudioBuffer& other,
                                 int rate_hz, const AlignedOptions& options = {});

}  // namespace aapp::measure
