// What the machine takes from a thread at any time: the timer's interrupts and what is done in them.
#pragma once

#include <vector>

namespace aapp::play {

inline constexpr double kWatchSeconds = 0.6;

class Interruptions {
 public:
  // None.
  Interruptions() = default;
  // Seen within so many seconds, in any order.
  Interruptions(std::vector<double> lengths_us, double seconds);
  // By a thread of the rehearsal's priority that does nothing but look at the clock for kWatchSeconds. Not
  // for the audio thread.
  static Interruptions watch();

  // The length that so many a second have or exceed; 0 where there are fewer.
  double length_us(double per_s) const;

 private:
  std::vector<double> lengths_us_;  // descending
  double seconds_ = 0.0;
};

}  // namespace aapp::play
