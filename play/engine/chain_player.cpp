#include "play/engine/chain_player.h"

#include <algorithm>

#include "common/base/units.h"

namespace aapp::play {

ChainPlayer::ChainPlayer(const audio::StreamSpec& spec)
    : spec_(spec),
      preroll_frames_(static_cast<std::size_t>(ms_to_frames(kPrerollMs, spec.rate_hz))),
      scratch_(spec.channels, static_cast<std::size_t>(spec.max_block_frames)) {
  fade_.prepare(static_cast<std::size_t>(ms_to_frames(kSwapFadeMs, spec.rate_hz)));
}

ChainPlayer::~ChainPlayer() {
  delete current_;
  delete next_;
  delete leaving_;
}

void ChainPlayer::process(audio::AudioView block) noexcept {
  if (leaving_ != nullptr && handover_.retire(leaving_)) leaving_ = nullptr;
  take_next();
  if (current_ == nullptr) return;
  if (next_ == nullptr) return current_->process(block);

  const audio::AudioView incoming = scratch_.view().slice(0, block.frames());
  for (int c = 0; c < block.channels(); ++c) {
    std::copy(block.channel(c).begin(), block.channel(c).end(), incoming.channel(c).begin());
  }
  current_->process(block);
  next_->process(incoming);
  mix(block, incoming);
  if (!fade_.active()) finish_fade();
}

// Nothing is taken while a fade runs or an old chain waits to be given back: at most three exist at a time.
void ChainPlayer::take_next() noexcept {
  if (next_ != nullptr || leaving_ != nullptr) return;
  chain::Chain* offered = handover_.take();
  if (offered == nullptr) return;
  if (current_ == nullptr) {
    current_ = offered;
  } else {
    next_ = offered;
    preroll_left_ = preroll_frames_;
    fade_.start();
  }
}

// Equal chains give the same bits throughout: blend() adds a share of their difference.
void ChainPlayer::mix(audio::AudioView block, audio::ConstAudioView incoming) noexcept {
  for (std::size_t i = 0; i < block.frames(); ++i) {
    if (preroll_left_ > 0) {
      --preroll_left_;
      continue;
    }
    const double weight = fade_.active() ? fade_.next() : 1.0;
    for (int c = 0; c < block.channels(); ++c) {
      float& sample = block.channel(c)[i];
      sample = weight < 1.0 ? dsp::blend(sample, incoming.channel(c)[i], weight) : incoming.channel(c)[i];
    }
  }
}

void ChainPlayer::finish_fade() noexcept {
  leaving_ = current_;
  current_ = next_;
  next_ = nullptr;
  if (handover_.retire(leaving_)) leaving_ = nullptr;
}

void ChainPlayer::reset() noexcept {
  for (chain::Chain* chain : {current_, next_}) {
    if (chain != nullptr) chain->reset();
  }
}

}  // namespace aapp::play
