// Plays one chain and passes to the next without a click: both run side by side on the same input while a
// raised cosine leads from one to the other. Chains are made and freed by the control thread; the audio
// thread only runs them.
#pragma once

#include <memory>

#include "common/audio/buffer.h"
#include "common/chain/chain.h"
#include "common/dsp/crossfade.h"
#include "common/rt/handover.h"

namespace aapp::play {

// How long the old and the new chain sound together, and how long the new one runs unheard before, so that
// its filters and envelopes know the signal when it is first heard.
inline constexpr double kSwapFadeMs = 20.0;
inline constexpr double kPrerollMs = 20.0;

class ChainPlayer {
 public:
  // Every chain must be made for `spec`.
  explicit ChainPlayer(const audio::StreamSpec& spec);
  // When neither thread uses it any more.
  ~ChainPlayer();
  ChainPlayer(const ChainPlayer&) = delete;
  ChainPlayer& operator=(const ChainPlayer&) = delete;

  // Control thread: the chain to play from now on. The first is played at once, later ones are faded to; one
  // that comes during a fade waits for its end, and only the newest of several is played.
  void play(std::unique_ptr<chain::Chain> chain) { handover_.offer(std::move(chain)); }
  // Control thread: frees the chains that are no longer played.
  void collect() { handover_.collect(); }
  // Control thread: true until the newest chain has been taken up (it may still be fading in).
  bool pending() const noexcept { return handover_.pending(); }

  // Audio thread. Without a chain the block passes unchanged.
  void process(audio::AudioView block) noexcept;
  // Audio thread: the chain that is heard, or nullptr.
  chain::Chain* current() noexcept { return current_; }
  // Audio thread: all chains forget all audio.
  void reset() noexcept;

 private:
  void take_next() noexcept;
  void mix(audio::AudioView block, audio::ConstAudioView incoming) noexcept;
  void finish_fade() noexcept;

  audio::StreamSpec spec_;
  std::size_t preroll_frames_;
  dsp::Crossfade fade_;
  audio::AudioBuffer scratch_;  // the new chain's output during a fade
  rt::Handover<chain::Chain> handover_;

  // Owned by the audio thread.
  chain::Chain* current_ = nullptr;
  chain::Chain* next_ = nullptr;
  chain::Chain* leaving_ = nullptr;  // no longer played, not yet given back
  std::size_t preroll_left_ = 0;     // frames until the fade starts
};

}  // namespace aapp::play
