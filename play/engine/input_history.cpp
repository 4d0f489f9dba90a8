#include "play/engine/input_history.h"

#include <algorithm>

#include "common/rt/denormals.h"

namespace aapp::play {

void InputHistory::add(const TappedBlock& piece) {
  if (piece.position != end_) begin_ = end_ = piece.position;
  const auto length = static_cast<std::int64_t>(ring_.frames());
  for (int c = 0; c < ring_.channels(); ++c) {
    const std::span<float> ring = ring_.channel(c);
    const std::span<const float> samples = piece.dry.channel(c);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      ring[static_cast<std::size_t>((end_ + static_cast<std::int64_t>(i)) % length)] = samples[i];
    }
  }
  end_ += static_cast<std::int64_t>(piece.dry.frames());
  begin_ = std::max(begin_, end_ - length);
}

void InputHistory::warm_up(chain::Chain& chain, std::int64_t from) {
  const rt::FlushDenormals flush;
  const auto length = static_cast<std::int64_t>(ring_.frames());
  for (std::int64_t at = std::max(from, begin_); at < end_;) {
    const auto most = static_cast<std::int64_t>(block_.frames());
    const std::int64_t frames = std::min({end_ - at, most, length - at % length});
    const audio::AudioView block = block_.view().slice(0, static_cast<std::size_t>(frames));
    for (int c = 0; c < block.channels(); ++c) {
      const auto first = static_cast<std::size_t>(at % length);
      std::ranges::copy(ring_.channel(c).subspan(first, block.frames()), block.channel(c).begin());
    }
    chain.process(block);
    at += frames;
  }
}

}  // namespace aapp::play
