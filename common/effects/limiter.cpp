#include "common/effects/limiter.h"

#include <algorithm>
#include <cmath>

#include "common/dsp/one_pole.h"

namespace aapp::effects {
namespace {

// Frames on both sides of a peak between samples that shape it: the gain is down on all of them.
constexpr std::size_t kMarginFrames = 4;
constexpr std::size_t kChunkFrames = dsp::TruePeak::kChunkFrames;

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
  fresh_ = false;
  for (std::size_t done = 0; done < block.frames(); done += kChunkFrames)
    limit(block.slice(done, std::min(kChunkFrames, block.frames() - done)));
}

void Limiter::limit(audio::AudioView chunk) noexcept {
  const std::size_t frames = chunk.frames();
  std::array<double, kChunkFrames> gains{};  // first the peaks
  std::array<float, kChunkFrames> bounds;
  for (std::size_t c = 0; c < detectors_.size(); ++c) {
    const std::span<const float> samples = chunk.channel(static_cast<int>(c));
    if (economy_ == Economy::on) {
      detectors_[c].process_samples_only(samples, {gains.data(), frames});
    } else {
      detectors_[c].process(samples, {gains.data(), frames});
    }
  }
  for (std::size_t i = 0; i < frames; ++i) {
    const double ceiling = ceiling_.next();
    gains[i] = gain_for(gains[i], ceiling);
    bounds[i] = std::max(static_cast<float>(ceiling), ceiling_delay_.next(static_cast<float>(ceiling)));
  }
  gain_ = gains[frames - 1];
  for (std::size_t c = 0; c < delays_.size(); ++c) {
    const std::span<float> samples = chunk.channel(static_cast<int>(c));
    delays_[c].process(samples);
    for (std::size_t i = 0; i < frames; ++i)
      samples[i] = std::clamp(static_cast<float>(samples[i] * gains[i]), -bounds[i], bounds[i]);
  }
}

double Limiter::gain_reduction_db() const noexcept {
  return gain_to_db(gain_);
}

}  // namespace aapp::effects
