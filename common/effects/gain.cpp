#include "common/effects/gain.h"

#include "common/base/units.h"

namespace aapp::effects {

void Gain::prepare(const audio::StreamSpec& spec) {
  gain_.set_glide_frames(ms_to_frames(kGlideMs, spec.rate_hz));
  reset();
}

void Gain::set(const GainParams& params) noexcept {
  gain_.set_target(db_to_gain(params.gain_db));
  if (fresh_) gain_.finish();
}

void Gain::reset() noexcept {
  gain_.finish();
  fresh_ = true;
}

void Gain::process(audio::AudioView block) noexcept {
  if (block.frames() == 0) return;
  fresh_ = false;
  const dsp::Smoother start = gain_;
  for (int c = 0; c < block.channels(); ++c) {
    gain_ = start;
    for (float& sample : block.channel(c)) sample = static_cast<float>(sample * gain_.next());
  }
}

}  // namespace aapp::effects
