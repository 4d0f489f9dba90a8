// A source as a compressor sees it, reduced to a control rate: the level that drives the gain computer, and
// the power that the gain then acts on. It is all that matching level statistics needs, and a second of it
// costs some ten thousand numbers whatever the recording's rate.
//
// The level is |x| of every n-th frame, not the largest of n: attack and release are averages over what the
// detector sees, and a thinned sequence has the same distribution as the full one. Poles are taken at the
// control rate.
#pragma once

#include <cstdint>
#include <vector>

#include "analyze/measure/track_profile.h"
#include "common/audio/buffer.h"

namespace aapp::fit {

// Steps of the level for each cell of power: a cell is about a millisecond.
inline constexpr std::size_t kStepsPerCell = 8;

struct LevelSeries {
  double step_rate_hz = 0.0;
  std::vector<float> level_db;  // of the loudest channel; kStepsPerCell for every cell
  std::vector<float> power;     // mean square of each cell, mean over the channels

  double cell_rate_hz() const { return step_rate_hz / static_cast<double>(kStepsPerCell); }
  std::size_t cells() const { return power.size(); }
  bool operator==(const LevelSeries&) const = default;
};

// The end that fills no cell is left out.
LevelSeries level_series(const audio::AudioBuffer& audio, int rate_hz);

// A series with a profile's statistics, for a source that is only known by them: 10 ms levels drawn from its
// distribution, in an order that swings at the speeds of its modulation spectrum, and inside them the level
// of Gaussian noise. The same seed gives the same series.
LevelSeries synthetic_level_series(const measure::TrackProfile& profile, double seconds, std::uint64_t seed);

}  // namespace aapp::fit
