#include "play/engine/stream_watch.h"

#include <algorithm>

namespace aapp::play {
namespace {

// Long enough that a server which catches up after a hiccup is not taken for a spinning one.
constexpr std::int64_t kSpinWindowMs = 100;

}  // namespace

StreamWatch::StreamWatch(const StreamFacts& facts)
    : rate_hz_(facts.rate_hz),
      may_freewheel_(facts.backend == Backend::jack || facts.backend == Backend::rtaudio_jack),
      stall_ms_(facts.backend == Backend::alsa ? kAlsaStallMs : kStallMs) {}

bool StreamWatch::spinning(const DeviceStatus& status, std::int64_t now_ms) {
  const std::int64_t elapsed_ms = now_ms - window_start_ms_;
  if (elapsed_ms < kSpinWindowMs) return false;
  const auto came = static_cast<double>(status.callbacks - window_callbacks_);
  const double per_ms = static_cast<double>(rate_hz_) / (1000.0 * std::max(1, status.period_frames));
  window_start_ms_ = now_ms;
  window_callbacks_ = status.callbacks;
  // What a pause held back, which is at most its patience's worth, may rightly come in a burst.
  return came > per_ms * (kSpinFactor * static_cast<double>(elapsed_ms) + static_cast<double>(stall_ms_));
}

StreamHealth StreamWatch::look(const DeviceStatus& status, std::int64_t now_ms) {
  if (first_) {
    first_ = false;
    last_callbacks_ = window_callbacks_ = status.callbacks;
    last_progress_ms_ = window_start_ms_ = now_ms;
  }
  if (status.state == DeviceState::lost || status.state == DeviceState::closed) return StreamHealth::lost;
  if (status.rate_hz != rate_hz_) return StreamHealth::rate_changed;
  if (status.callbacks != last_callbacks_) {
    last_callbacks_ = status.callbacks;
    last_progress_ms_ = now_ms;
  }
  if (now_ms - last_progress_ms_ > stall_ms_) return StreamHealth::stalled;
  if (!may_freewheel_ && spinning(status, now_ms)) return StreamHealth::spinning;
  return StreamHealth::healthy;
}

std::int64_t Backoff::next_ms() {
  const std::int64_t wait_ms = wait_ms_;
  wait_ms_ = std::min(2 * wait_ms_, kMostMs);
  return wait_ms;
}

}  // namespace aapp::play
