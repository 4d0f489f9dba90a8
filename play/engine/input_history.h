// The last seconds of the live input, kept on the control thread, so that a new chain can be run over them
// before it is heard: its filters and envelopes then stand where they would if it had played all along, and a
// swap to an equal chain changes nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "common/chain/chain.h"
#include "play/engine/signal_tap.h"

namespace aapp::play {

inline constexpr double kHistorySeconds = 4.0;

class InputHistory {
 public:
  explicit InputHistory(const audio::StreamSpec& spec)
      : ring_(spec.channels, static_cast<std::size_t>(kHistorySeconds * spec.rate_hz)),
        block_(spec.channels, static_cast<std::size_t>(spec.max_block_frames)) {}

  // Takes a piece of dry input. A gap before it makes all that was before worthless.
  void add(const TappedBlock& piece);

  // Position of the frame after the newest; the oldest is at most kHistorySeconds before.
  std::int64_t end() const { return end_; }
  // Runs the chain over the frames from `from` (or the oldest there is) to end(), unheard.
  void warm_up(chain::Chain& chain, std::int64_t from);

 private:
  audio::Ring ring_;
  audio::AudioBuffer block_;
  std::int64_t begin_ = 0, end_ = 0;
};

}  // namespace aapp::play
