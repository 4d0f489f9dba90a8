// How loud a result has to be, and by how much it misses that: integrated loudness, or where a recording is
// too short or too quiet to have one, the RMS level.
#pragma once

#include <string>

#include "analyze/measure/track_profile.h"

namespace aapp::fit {

class LevelGoal {
 public:
  // `amount` of the way from the source's level to the reference's.
  LevelGoal(const measure::TrackProfile& source, const measure::TrackProfile& reference, double amount);

  // dB to add to what was measured.
  double missing_db(const measure::TrackProfile& result) const;

 private:
  bool by_loudness_;
  double goal_db_;
};

// Peaks of a result over full scale: a sentence for people, or "".
std::string peak_remark(const measure::TrackProfile& result);

}  // namespace aapp::fit
