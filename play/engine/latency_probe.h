// Measures how long sound takes from our output, through whatever the user connects, back to our input: sends
// single samples and looks when they come back. The figure includes everything on the way, the period that a
// loop in JACK's graph costs too, exactly as jack_iodelay counts.
//
// Takes the place of the Engine as a device's callback; real-time safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "common/audio/buffer.h"

namespace aapp::play {

struct LatencyFigures {
  int pulses = 0;                    // sent and waited for
  std::vector<int> delays_frames{};  // of those that came back clearly, in order
};

class LatencyProbe {
 public:
  // A pulse is waited for this long; nothing slower is found.
  LatencyProbe(int rate_hz, int wait_ms);

  // Audio thread.
  void process(audio::ConstAudioView in, audio::AudioView out) noexcept;

  // Any thread.
  LatencyFigures figures() const;

 private:
  void finish_pulse() noexcept;

  static constexpr int kMostPulses = 64;
  std::int64_t wait_frames_;

  // Owned by the audio thread.
  std::int64_t since_pulse_ = 0;
  float peak_ = 0.0F;
  std::int64_t peak_at_ = 0;
  double sum_squares_ = 0.0;

  // Written by the audio thread: entries below pulses_ are final. -1: nothing clear came back.
  std::array<std::atomic<int>, kMostPulses> delay_frames_{};
  std::atomic<int> pulses_{0};
};

// What agrees: the median, and whether at least half of the pulses came back within one frame of it.
struct LatencyVerdict {
  bool found = false;
  int frames = 0;
  int spread_frames = 0;  // between the earliest and the latest that came back
};
LatencyVerdict judge(const LatencyFigures& figures);

}  // namespace aapp::play
