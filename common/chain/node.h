// One effect at its place in a chain, with its bypass: a settled bypass plays the input, delayed as the
// effect would delay it, and does not run the effect; the way in and out is a crossfade of 20 ms. On the way
// back in, the effect first runs unheard for its latency and a fade's length, so that it comes in settled.
// Inside chain.cpp only.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/audio/buffer.h"
#include "common/dsp/crossfade.h"
#include "common/dsp/delay_line.h"
#include "common/effects/registry.h"
#include "common/preset/preset.h"

namespace aapp::chain {

// Who wants a node bypassed; values are bits.
enum class BypassReason : unsigned { own = 1, compare = 2, overload = 4 };

class Node {
 public:
  // Allocates: the effect, prepared, and what its bypass needs.
  Node(const ChainNode& node, const audio::StreamSpec& spec);

  // Real-time safe, all of them.
  void process(audio::AudioView block) noexcept;
  void reset() noexcept;
  void set_params(const effects::AnyParams& params) noexcept { effects::set_params(*effect_, params); }
  // Bypassed while there is any reason to.
  void set_bypass(BypassReason reason, bool bypass) noexcept {
    const auto bit = static_cast<unsigned>(reason);
    bypass_reasons_ = bypass ? bypass_reasons_ | bit : bypass_reasons_ & ~bit;
    bypass_wanted_ = bypass_reasons_ != 0;
  }
  bool has_economy() const noexcept { return effect_->has_economy(); }
  void set_economy(effects::Economy economy) noexcept { effect_->set_economy(economy); }

  // Does nothing at all to the next block.
  bool idle() const noexcept { return state_ == State::bypassed && bypass_wanted_ && dry_delay_.empty(); }

  std::int64_t latency_frames() const noexcept { return latency_frames_; }
  std::int64_t tail_frames() const noexcept { return effect_->tail_frames(); }
  double gain_reduction_db() const noexcept {
    return state_ == State::bypassed ? 0.0 : effect_->gain_reduction_db();
  }

 private:
  enum class State { active, bypassed, settling, entering, leaving };

  void settle(bool bypass) noexcept;
  void begin_change() noexcept;
  void delay_dry(audio::ConstAudioView block) noexcept;
  void process_both(audio::AudioView block) noexcept;

  std::unique_ptr<effects::Effect> effect_;
  std::int64_t latency_frames_;
  bool bypass_wanted_;
  unsigned bypass_reasons_;  // BypassReason
  State state_ = State::active;
  std::size_t settle_frames_, settle_left_ = 0;
  dsp::Crossfade fade_;
  std::vector<dsp::DelayLine> dry_delay_;  // one per channel; none without latency
  audio::AudioBuffer dry_;
};

}  // namespace aapp::chain
