#include "play/engine/stream_watch.h"

#include <algorithm>

namespace aapp::play {
namespace {

// Long enough that a server which catches up after a hiccup is not taken for a spinning one.
constexpr std::int64_t kSpinWindowMs = 100;
// Callbacks that may come in a burst: what a server has queued.
constexpr double kSpinAllowance = 32.0;

}  // namespace

bool StreamWatch::spinning(const DeviceStatus& status, std::int64_t now_ms) {
  const std::int64_t elapsed_ms = now_ms - window_start_ms_;
  if (elapsed_ms < kSpinWindowMs) return false;
  const auto came = static_cast<double>(status.callbacks - window_callbacks_);
  const double due = static_cast<double>(elapsed_ms) / 1000.0 * rate_hz_ / std::max(1, status.period_frames);
  window_start_ms_ = now_ms;
  window_callbacks_ = status.callbacks;
  return came > kSpinFactor * due + kSpinAllowance;
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
  if (now_ms - last_progress_ms_ > kStallMs) return StreamHealth::stalled;
  if (freewheel_ == Freewheel::impossible && spinning(status, now_ms)) return StreamHealth::spinning;
  return StreamHealth::healthy;
}

std::int64_t Backoff::next_ms() {
  const std::int64_t wait_ms = wait_ms_;
  wait_ms_ = std::min(2 * wait_ms_, kMostMs);
  return wait_ms;
}

}  // namespace aapp::play
