#include "common/effects/eq.h"

#include <algorithm>

#include "common/effects/channel_pointers.h"

namespace aapp::effects {
namespace {

static_assert(kMaxEqBands <= dsp::BiquadCascade::kMaxSections);

constexpr double kSettleMs = 20.0;
constexpr double kFadeMs = 25.0;

bool does_nothing(const EqBand& band) {
  return !band.enabled || (dsp::has_gain(band.type) && band.gain_db == 0.0);
}

}  // namespace

void Eq::prepare(const audio::StreamSpec& spec) {
  rate_hz_ = spec.rate_hz;
  designed_.clear();
  playing_.prepare(spec.channels);
  coming_.prepare(spec.channels);
  settle_frames_ = static_cast<std::size_t>(ms_to_frames(kSettleMs, rate_hz_));
  fade_.prepare(static_cast<std::size_t>(ms_to_frames(kFadeMs, rate_hz_)));
  scratch_.resize(spec.channels, static_cast<std::size_t>(spec.max_block_frames));
  reset();
}

dsp::BiquadCoefficients<double> Eq::section_of(std::size_t band) const noexcept {
  const EqBand& now = params_.bands[band];
  if (band < designed_.size() && designed_[band].band == now) return designed_[band].section;
  return dsp::design_biquad(now.type, now.frequency_hz, now.gain_db, now.q, rate_hz_);
}

// Bands that stayed as they are keep their filters.
void Eq::design() noexcept {
  sections_.clear();
  for (std::size_t b = 0; b < params_.bands.size(); ++b) {
    const dsp::BiquadCoefficients<double> section = section_of(b);
    if (b == designed_.size()) designed_.push_back({});
    designed_[b] = {params_.bands[b], section};
    if (!does_nothing(params_.bands[b])) sections_.push_back(section);
  }
}

void Eq::set(const EqParams& params) noexcept {
  params_ = params;
  changed_ = true;
  if (fresh_ && rate_hz_ > 0.0) reset();
}

void Eq::reset() noexcept {
  design();
  playing_.set({sections_.begin(), sections_.size()});
  playing_.reset();
  changing_ = changed_ = false;
  fresh_ = true;
}

void Eq::begin_change() noexcept {
  changed_ = false;
  design();
  if (std::ranges::equal(sections_, playing_.sections())) return;
  coming_.set({sections_.begin(), sections_.size()});
  coming_.reset();
  settle_left_ = settle_frames_;
  fade_.start();
  changing_ = true;
}

void Eq::end_change() noexcept {
  std::swap(playing_, coming_);
  changing_ = false;
}

void Eq::process(audio::AudioView block) noexcept {
  fresh_ = false;
  if (!changed_ && !changing_) {
    const ChannelPointers io(block);
    return playing_.process(io.readable(), io.writable(), block.frames());
  }
  for (std::size_t done = 0; done < block.frames();) {
    if (changed_ && !changing_) begin_change();
    const std::size_t rest = block.frames() - done;
    if (!changing_) {
      const ChannelPointers io(block.slice(done, rest));
      return playing_.process(io.readable(), io.writable(), rest);
    }
    const std::size_t phase_left = settle_left_ > 0 ? settle_left_ : fade_.left();
    const std::size_t frames = std::min(rest, phase_left);
    fade(block.slice(done, frames));
    done += frames;
    if (settle_left_ == 0 && !fade_.active()) end_change();
  }
}

// Both filters run; the block lies within the settling or within the fade.
void Eq::fade(audio::AudioView block) noexcept {
  const std::size_t frames = block.frames();
  const ChannelPointers io(block);
  const ChannelPointers fresh_sound(scratch_.view());
  coming_.process(io.readable(), fresh_sound.writable(), frames);
  playing_.process(io.readable(), io.writable(), frames);
  if (settle_left_ > 0) {
    settle_left_ -= frames;
    return;
  }
  for (std::size_t i = 0; i < frames; ++i) {
    const double weight = fade_.next();
    for (std::size_t c = 0; c < io.size(); ++c) io[c][i] = dsp::blend(io[c][i], fresh_sound[c][i], weight);
  }
}

std::int64_t Eq::tail_frames() const noexcept {
  Sections now;
  for (std::size_t b = 0; b < params_.bands.size(); ++b) {
    if (!does_nothing(params_.bands[b])) now.push_back(section_of(b));
  }
  return dsp::cascade_tail_frames({now.begin(), now.size()});
}

}  // namespace aapp::effects
