#include "play/engine/latency_probe.h"

#include <algorithm>
#include <cmath>

#include "common/base/units.h"

namespace aapp::play {
namespace {

constexpr float kPulse = 0.5F;
// What came back must stand this far above all else that was heard: 12 dB.
constexpr double kClearRatio = 4.0;
constexpr double kQuietest = 1e-4;  // -80 dBFS: below, it is noise

}  // namespace

LatencyProbe::LatencyProbe(int rate_hz, int wait_ms) : wait_frames_(ms_to_frames(wait_ms, rate_hz)) {}

void LatencyProbe::process(audio::ConstAudioView in, audio::AudioView out) noexcept {
  for (int c = 0; c < out.channels(); ++c) std::ranges::fill(out.channel(c), 0.0F);
  const std::size_t frames = out.channels() > 0 ? out.frames() : in.frames();
  for (std::size_t i = 0; i < frames; ++i) {
    if (since_pulse_ == 0 && out.channels() > 0) out.channel(0)[i] = kPulse;
    const float heard = in.channels() > 0 ? std::abs(in.channel(0)[i]) : 0.0F;
    sum_squares_ += static_cast<double>(heard) * static_cast<double>(heard);
    if (heard > peak_) {
      peak_ = heard;
      peak_at_ = since_pulse_;
    }
    if (++since_pulse_ == wait_frames_) finish_pulse();
  }
}

void LatencyProbe::finish_pulse() noexcept {
  const int index = pulses_.load(std::memory_order_relaxed);
  const auto peak = static_cast<double>(peak_);
  const double rest =
      std::sqrt(std::max(0.0, sum_squares_ - peak * peak) / static_cast<double>(wait_frames_));
  const bool clear = peak > kQuietest && peak > kClearRatio * rest;
  if (index < kMostPulses) {
    delay_frames_[static_cast<std::size_t>(index)].store(clear ? static_cast<int>(peak_at_) : -1,
                                                         std::memory_order_relaxed);
    pulses_.store(index + 1, std::memory_order_release);
  }
  since_pulse_ = peak_at_ = 0;
  peak_ = 0.0F;
  sum_squares_ = 0.0;
}

LatencyFigures LatencyProbe::figures() const {
  LatencyFigures figures{.pulses = pulses_.load(std::memory_order_acquire)};
  for (int i = 0; i < figures.pulses; ++i) {
    const int delay = delay_frames_[static_cast<std::size_t>(i)].load(std::memory_order_relaxed);
    if (delay >= 0) figures.delays_frames.push_back(delay);
  }
  return figures;
}

LatencyVerdict judge(const LatencyFigures& figures) {
  std::vector<int> delays = figures.delays_frames;
  if (delays.empty()) return {};
  std::ranges::sort(delays);
  const int median = delays[delays.size() / 2];
  const auto near = std::ranges::count_if(delays, [&](int delay) { return std::abs(delay - median) <= 1; });
  return {
      .found = 2 * near >= figures.pulses, .frames = median, .spread_frames = delays.back() - delays.front()};
}

}  // namespace aapp::play
