// Plays one chain and passes to the next without a click: both run side by side on the same input while a
// raised cosine leads from one to the other. A chain that comes warmed up to some frame of the past first
// catches up with the input since; one that comes cold runs unheard for a moment. Chains are made and freed
// by the control thread; the audio thread only runs them.
#pragma once

#include <array>
#include <memory>

#include "common/audio/ring.h"
#include "common/chain/chain.h"
#include "common/dsp/crossfade.h"
#include "common/rt/handover.h"

namespace aapp::play {

// How long the old and the new chain sound together, and how long a cold one runs unheard before.
inline constexpr double kSwapFadeMs = 20.0;
inline constexpr double kPrerollMs = 20.0;
// How far in the past a warm chain may be to catch up; beyond, it counts as cold.
inline constexpr std::size_t kMostCatchUpFrames = 32768;

// Marks a chain that has seen no input yet.
inline constexpr std::int64_t kCold = -1;

class ChainPlayer {
 public:
  // Every chain must be made for `spec`.
  explicit ChainPlayer(const audio::StreamSpec& spec);
  // When neither thread uses it any more.
  ~ChainPlayer();
  ChainPlayer(const ChainPlayer&) = delete;
  ChainPlayer& operator=(const ChainPlayer&) = delete;

  // Control thread: the chain to play from now on, which has been run over all input up to (not including)
  // frame `position` of the stream, or is cold. The first is played at once, later ones are faded to; one
  // that comes during a fade waits for its end, and only the newest of several is played.
  void play(std::unique_ptr<chain::Chain> chain, std::int64_t position = kCold);
  // Control thread: frees the chains that are no longer played.
  void collect() { handover_.collect(); }
  // Control thread: true until the newest chain has been taken up (it may still be fading in).
  bool pending() const noexcept { return handover_.pending(); }

  // Audio thread. Without a chain the block passes unchanged.
  void process(audio::AudioView block) noexcept;
  // Audio thread: the chain that is heard, or nullptr.
  chain::Chain* current() noexcept { return current_ != nullptr ? current_->chain.get() : nullptr; }
  // Audio thread: how many chains have been heard so far.
  std::uint64_t swaps() const noexcept { return swaps_; }
  // Audio thread: from the next block on the nodes of the chain that is heard are timed by this clock
  // (nullptr: no longer). What was gathered is forgotten when timing begins.
  void time_nodes(std::int64_t (*now_ns)() noexcept) noexcept;
  // Audio thread: the node that took longest, the first of several; 0 without any times.
  std::size_t heaviest_node() const noexcept;
  // Audio thread: all chains forget all audio.
  void reset() noexcept;

 private:
  // A chain and the frame of the stream that it has to see next.
  struct Voice {
    std::unique_ptr<chain::Chain> chain;
    std::int64_t position = kCold;
  };
  void take_next() noexcept;
  bool catch_up(std::int64_t block_frames) noexcept;
  void run_past(std::int64_t frames) noexcept;
  void mix(audio::AudioView block, audio::ConstAudioView incoming) noexcept;
  void finish_fade() noexcept;
  void run_current(audio::AudioView block) noexcept;

  std::size_t preroll_frames_;
  dsp::Crossfade fade_;
  audio::AudioBuffer scratch_;  // the new chain's output during a fade
  audio::AudioBuffer past_;     // a piece of recent_ on its way through the new chain, unheard
  audio::Ring recent_;          // the latest input
  rt::Handover<Voice> handover_;

  // Owned by the audio thread.
  Voice* current_ = nullptr;
  Voice* next_ = nullptr;
  Voice* leaving_ = nullptr;      // no longer played, not yet given back
  std::size_t preroll_left_ = 0;  // frames until the fade starts
  std::uint64_t swaps_ = 0;
  std::int64_t (*now_ns_)() noexcept = nullptr;  // while nodes are timed
  std::array<std::int64_t, kMaxChainNodes> node_ns_{};
  std::int64_t position_ = 0;  // of the block's first frame in the stream
};

}  // namespace aapp::play
