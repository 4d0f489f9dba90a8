#include "play/engine/input_history.h"

#include <algorithm>

#include "common/rt/denormals.h"

namespace aapp::play {

void InputHistory::add(const TappedBlock& piece) {
  if (piece.position != end_) begin_ = end_ = piece.position;
  ring_.write(end_, piece.dry);
  end_ += static_cast<std::int64_t>(piece.dry.frames());
  begin_ = std::max(begin_, end_ - static_cast<std::int64_t>(ring_.length()));
}

void InputHistory::warm_up(chain::Chain& chain, std::int64_t from) {
  const rt::FlushDenormals flush;
  for (std::int64_t at = std::max(from, begin_); at < end_;) {
    const std::size_t most = std::min(block_.frames(), static_cast<std::size_t>(end_ - at));
    const audio::ConstAudioView heard = ring_.read(at, most);
    const audio::AudioView block = block_.view().slice(0, heard.frames());
    audio::copy(heard, block);
    chain.process(block);
    at += static_cast<std::int64_t>(block.frames());
  }
}

}  // namespace aapp::play
