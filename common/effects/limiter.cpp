#include "common/effects/limiter.h"

#include <algorithm>
#include <cmath>

#include "common/dsp/one_pole.h"

namespace aapp::effects {
namespace {

// Frames on both sides of a peak between samples that shape it: the gain is down on all of them.
constexpr std::size_t kMarginFrames = 4;

}  // namespace

void Limiter::prepare(const audio::StreamSpec& spec) {
  rate_hz_ = spec.rate_hz;
  const auto attack = static_cast<std::size_t>(std::max(2LL, ms_to_frames(params_.lookahead_ms, rate_hz_)));
  const std::size_t latency = dsp::TruePeak::kDelayFrames + attack + kMarginFrames;
  latency_frames_ = static_cast<std::int64_t>(latency);
  const auto channels = static_cast<std::size_t>(spec.channels);
  detectors_.assign(channels, dsp::TruePeak{});
  delays_.resize(channels);
  for (dsp::DelayLine& delay : delays_) delay.prepare(latency);
  ceiling_delay_.prepare(latency);
  hold_.prepare(attack + 2 * kMarginFrames + 1);
  attack_first_.prepare(attack / 2 + 1);  // together they look attack + 1 frames back
  attack_second_.prepare(attack - attack / 2 + 1);
  for (dsp::Smoother* glide : {&ceiling_, &release_pole_})
    glide->set_glide_frames(ms_to_frames(kGlideMs, rate_hz_));
  reset();
}

void Limiter::set(const LimiterParams& params) noexcept {
  params_ = params;
  if (rate_hz_ == 0.0) return;
  ceiling_.set_target(db_to_gain(params_.ceiling_dbtp));
  release_pole_.set_target(time_constant_to_pole(params_.release_ms, rate_hz_));
  if (fresh_) reset();
}

void Limiter::reset() noexcept {
  ceiling_.snap(db_to_gain(params_.ceiling_dbtp));
  release_pole_.snap(time_constant_to_pole(params_.release_ms, rate_hz_));
  for (dsp::TruePeak& detector : detectors_) detector.reset();
  for (dsp::DelayLine& delay : delays_) delay.reset();
  ceiling_delay_.reset();
  hold_.reset();
  attack_first_.reset(1.0);
  attack_second_.reset(1.0);
  released_gain_ = gain_ = 1.0;
  fresh_ = true;
}

// The gain for the frame that leaves now, given the newest peak between samples.
double Limiter::gain_for(double peak, double ceiling) noexcept {
  const double target = ceiling / std::max(ceiling, hold_.next(peak));
  const double rising = dsp::one_pole_step(released_gain_, target, release_pole_.next());
  released_gain_ = std::min(target, rising);
  return attack_second_.next(attack_first_.next(released_gain_));
}

void Limiter::process(audio::AudioView block) noexcept {
  if (block.frames() == 0) return;
  fresh_ = false;
  const std::size_t channels = delays_.size();
  for (std::size_t i = 0; i < block.frames(); ++i) {
    double peak = 0.0;
    for (std::size_t c = 0; c < channels; ++c) {
      peak = std::max(peak, detectors_[c].next(block.channel(static_cast<int>(c))[i]));
    }
    const double ceiling = ceiling_.next();
    gain_ = gain_for(peak, ceiling);
    const auto bound =
        std::max(static_cast<float>(ceiling), ceiling_delay_.next(static_cast<float>(ceiling)));
    for (std::size_t c = 0; c < channels; ++c) {
      float& sample = block.channel(static_cast<int>(c))[i];
      sample = std::clamp(static_cast<float>(delays_[c].next(sample) * gain_), -bound, bound);
    }
  }
}

double Limiter::gain_reduction_db() const noexcept {
  return gain_to_db(gain_);
}

}  // namespace aapp::effects
