// What one callback has to do: the engine's stream, and how many frames of it the device asks for at once.
#pragma once

#include "common/audio/stream_spec.h"

namespace aapp::play {

// The share of a period that the callback may take in its dearest call in a thousand. The rest is the
// server's, the wake-up's and the other clients'.
inline constexpr double kBudgetShare = 0.7;

struct CallbackSpec {
  audio::StreamSpec stream;  // what chains are made for; a longer period is cut up
  int period_frames = 0;

  double period_us() const { return 1e6 * period_frames / stream.rate_hz; }
  bool operator==(const CallbackSpec&) const = default;
};

}  // namespace aapp::play
