// What the machine takes from a thread at any time: the timer's interrupts and what is done in them.
#pragma once

#include <vector>

namespace aapp::play {

// It is watched for several stretches in a row, and what most of them show counts: a burst of a few tenths of
// a second is the machine's bad moment, not its habit.
inline constexpr int kWatchedStretches = 5;
inline constexpr double kStretchSeconds = 0.4;
// Longer is another thread's turn where real-time priority is not permitted, or another machine's: such
// dropouts come with any preset, and are left out.
inline constexpr double kLongestInterruptionUs = 1000.0;

class Interruptions {
 public:
  // None.
  Interruptions() = default;
  // Seen within stretches of so many seconds each, in any order within a stretch.
  Interruptions(std::vector<std::vector<double>> lengths_us, double stretch_seconds);
  // By a thread of the rehearsal's priority that does nothing but look at the clock for all stretches. Not
  // for the audio thread.
  static Interruptions watch();

  // The length that so many a second have or exceed: the median of what the stretches say, where one with
  // fewer says 0.
  double length_us(double per_s) const;

 private:
  std::vector<std::vector<double>> lengths_us_;  // of each stretch, descending
  double stretch_seconds_ = 0.0;
};

}  // namespace aapp::play
