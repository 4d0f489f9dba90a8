#include "play/engine/chain_player.h"

#include <algorithm>

#include "common/base/units.h"

namespace aapp::play {

ChainPlayer::ChainPlayer(const audio::StreamSpec& spec)
    : preroll_frames_(static_cast<std::size_t>(ms_to_frames(kPrerollMs, spec.rate_hz))),
      scratch_(spec.channels, static_cast<std::size_t>(spec.max_block_frames)),
      past_(spec.channels, static_cast<std::size_t>(spec.max_block_frames)),
      recent_(spec.channels, kMostCatchUpFrames) {
  fade_.prepare(static_cast<std::size_t>(ms_to_frames(kSwapFadeMs, spec.rate_hz)));
}

ChainPlayer::~ChainPlayer() {
  delete current_;
  delete next_;
  delete leaving_;
}

void ChainPlayer::play(std::unique_ptr<chain::Chain> chain, std::int64_t position) {
  handover_.offer(std::make_unique<Voice>(Voice{std::move(chain), position}));
}

void ChainPlayer::process(audio::AudioView block) noexcept {
  if (leaving_ != nullptr && handover_.retire(leaving_)) leaving_ = nullptr;
  take_next();
  recent_.write(position_, block);
  const auto frames = static_cast<std::int64_t>(block.frames());
  if (next_ != nullptr) {
    const audio::AudioView incoming = scratch_.view().slice(0, block.frames());
    audio::copy(block, incoming);
    run_current(block);
    if (catch_up(frames)) {
      next_->chain->process(incoming);
      next_->position += frames;
      mix(block, incoming);
      if (!fade_.active()) finish_fade();
    }
  } else if (current_ != nullptr) {
    run_current(block);
  }
  position_ += frames;
}

// Nothing is taken while a fade runs or an old chain waits to be given back: at most three exist at a time.
void ChainPlayer::take_next() noexcept {
  if (next_ != nullptr || leaving_ != nullptr) return;
  Voice* offered = handover_.take();
  if (offered == nullptr) return;
  if (current_ == nullptr) {
    current_ = offered;
    ++swaps_;
    return;
  }
  next_ = offered;
  const std::int64_t behind = position_ - next_->position;
  // A block's room is kept free: it is remembered before the catching up.
  const auto most = static_cast<std::int64_t>(kMostCatchUpFrames - scratch_.frames());
  const bool warm = next_->position != kCold && behind >= 0 && behind <= most;
  if (!warm) next_->position = position_;
  preroll_left_ = warm ? 0 : preroll_frames_;
  fade_.start();
}

// Brings the new chain to the block's first frame. It may do the work of two blocks per block, this one
// included, so a longer way is taken in steps; true when it has arrived and shall play this block too.
bool ChainPlayer::catch_up(std::int64_t block_frames) noexcept {
  const std::int64_t behind = position_ - next_->position;
  run_past(std::min(behind, 2 * block_frames));
  return behind <= block_frames;
}

void ChainPlayer::run_past(std::int64_t frames) noexcept {
  while (frames > 0) {
    const std::size_t most = std::min(static_cast<std::size_t>(frames), past_.frames());
    const audio::ConstAudioView heard = recent_.read(next_->position, most);
    const audio::AudioView piece = past_.view().slice(0, heard.frames());
    audio::copy(heard, piece);
    next_->chain->process(piece);
    next_->position += static_cast<std::int64_t>(piece.frames());
    frames -= static_cast<std::int64_t>(piece.frames());
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
  ++swaps_;
  if (handover_.retire(leaving_)) leaving_ = nullptr;
}

void ChainPlayer::run_current(audio::AudioView block) noexcept {
  chain::Chain& chain = *current_->chain;
  if (now_ns_ == nullptr) return chain.process(block);
  chain.process_timed(block, std::span(node_ns_).first(chain.size()), now_ns_);
}

void ChainPlayer::time_nodes(std::int64_t (*now_ns)() noexcept) noexcept {
  if (now_ns_ == nullptr && now_ns != nullptr) node_ns_.fill(0);
  now_ns_ = now_ns;
}

std::size_t ChainPlayer::heaviest_node() const noexcept {
  return static_cast<std::size_t>(std::ranges::max_element(node_ns_) - node_ns_.begin());
}

void ChainPlayer::reset() noexcept {
  for (Voice* voice : {current_, next_}) {
    if (voice != nullptr) voice->chain->reset();
  }
}

}  // namespace aapp::play
