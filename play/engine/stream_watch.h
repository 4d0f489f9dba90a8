// Tells from outside whether a sound stream still lives: most faults are reported by nobody (RtAudio's
// callback spins when PulseAudio dies, stops for ever when JACK's buffer size changes, and says "running"
// both times). Fed with looks at the device, it judges by the rate of callbacks. Pure logic: no device, no
// clock of its own.
#pragma once

#include <cstdint>

#include "play/device/audio_device.h"

namespace aapp::play {

enum class StreamHealth {
  healthy,
  stalled,   // no callback for longer than its patience
  spinning,  // callbacks come much faster than audio can be played: the device is gone
  lost,      // the device says so itself
  rate_changed,
};

inline constexpr std::int64_t kStallMs = 500;
// ALSA's plug-ins hand audio on in bursts that may be seconds apart at first.
inline constexpr std::int64_t kAlsaStallMs = 3000;
inline constexpr double kSpinFactor = 4.0;

class StreamWatch {
 public:
  explicit StreamWatch(const StreamFacts& facts);

  // Call every few milliseconds with the time of a steady clock. What it returns first after a fault is what
  // ails.
  StreamHealth look(const DeviceStatus& status, std::int64_t now_ms);

 private:
  bool spinning(const DeviceStatus& status, std::int64_t now_ms);

  int rate_hz_;
  bool may_freewheel_;  // JACK's callbacks may rightly run ahead of time
  std::int64_t stall_ms_;
  bool first_ = true;
  std::uint64_t last_callbacks_ = 0;
  std::int64_t last_progress_ms_ = 0;
  std::uint64_t window_callbacks_ = 0;
  std::int64_t window_start_ms_ = 0;
};

// How long to wait before the next try to reopen: soon at first, then every half second, so that sound is
// back within two seconds of the device.
class Backoff {
 public:
  std::int64_t next_ms();
  void reset() { wait_ms_ = kFirstMs; }

 private:
  static constexpr std::int64_t kFirstMs = 50;
  static constexpr std::int64_t kMostMs = 500;
  std::int64_t wait_ms_ = kFirstMs;
};

}  // namespace aapp::play
