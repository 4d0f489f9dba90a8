#include "common/chain/node.h"

#include <algorithm>

namespace aapp::chain {
namespace {

constexpr double kBypassFadeMs = 20.0;

}  // namespace

Node::Node(const ChainNode& node, const audio::StreamSpec& spec)
    : effect_(effects::make_effect(node.params)),
      bypass_wanted_(node.bypass),
      bypass_reasons_(node.bypass ? 1U : 0U) {
  effect_->prepare(spec);
  latency_frames_ = effect_->latency_frames();
  const auto fade_frames = static_cast<std::size_t>(ms_to_frames(kBypassFadeMs, spec.rate_hz));
  settle_frames_ = fade_frames + static_cast<std::size_t>(latency_frames_);
  fade_.prepare(fade_frames);
  if (latency_frames_ > 0) {
    dry_delay_.resize(static_cast<std::size_t>(spec.channels));
    for (dsp::DelayLine& delay : dry_delay_) delay.prepare(static_cast<std::size_t>(latency_frames_));
  }
  dry_.resize(spec.channels, static_cast<std::size_t>(spec.max_block_frames));
  settle(bypass_wanted_);
}

void Node::settle(bool bypass) noexcept {
  state_ = bypass ? State::bypassed : State::active;
  fade_.stop();
  if (bypass) effect_->reset();
}

void Node::reset() noexcept {
  effect_->reset();
  for (dsp::DelayLine& delay : dry_delay_) delay.reset();
  settle(bypass_wanted_);
}

void Node::begin_change() noexcept {
  if (state_ == State::active && bypass_wanted_) {
    state_ = State::leaving;
    fade_.start();
  } else if (state_ == State::bypassed && !bypass_wanted_) {
    state_ = State::settling;
    settle_left_ = settle_frames_;
  } else if (state_ == State::settling && bypass_wanted_) {
    settle(true);
  }
}

void Node::process(audio::AudioView block) noexcept {
  if (state_ == State::active && !bypass_wanted_ && dry_delay_.empty()) return effect_->process(block);
  for (std::size_t done = 0; done < block.frames();) {
    begin_change();
    const audio::AudioView rest = block.slice(done, block.frames() - done);
    if (state_ == State::active) {
      if (!dry_delay_.empty()) delay_dry(rest);
      return effect_->process(rest);
    }
    if (state_ == State::bypassed) {
      for (std::size_t c = 0; c < dry_delay_.size(); ++c)
        dry_delay_[c].process(rest.channel(static_cast<int>(c)));
      return;
    }
    const std::size_t phase_left = state_ == State::settling ? settle_left_ : fade_.left();
    const std::size_t frames = std::min(rest.frames(), phase_left);
    process_both(rest.slice(0, frames));
    done += frames;
  }
}

// What a bypass would play of this block, into dry_.
void Node::delay_dry(audio::ConstAudioView block) noexcept {
  const audio::AudioView dry = dry_.view().slice(0, block.frames());
  audio::copy(block, dry);
  for (std::size_t c = 0; c < dry_delay_.size(); ++c) dry_delay_[c].process(dry.channel(static_cast<int>(c)));
}

// Input and effect both run; the block lies within one phase of the change.
void Node::process_both(audio::AudioView block) noexcept {
  delay_dry(block);
  effect_->process(block);
  const audio::ConstAudioView dry = dry_.view().slice(0, block.frames());
  if (state_ == State::settling) {
    audio::copy(dry, block);
    settle_left_ -= block.frames();
    if (settle_left_ > 0) return;
    state_ = State::entering;
    fade_.start();
    return;
  }
  const bool entering = state_ == State::entering;
  for (std::size_t i = 0; i < block.frames(); ++i) {
    const double effect_weight = entering ? fade_.next() : 1.0 - fade_.next();
    for (int c = 0; c < block.channels(); ++c) {
      block.channel(c)[i] = dsp::blend(dry.channel(c)[i], block.channel(c)[i], effect_weight);
    }
  }
  if (!fade_.active()) settle(!entering);
}

}  // namespace aapp::chain
