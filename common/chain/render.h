// Offline: a whole recording through a chain, block by block, in flat memory. The chain's latency is removed,
// so the output lines up with the input; its tail is kept when asked for.
#pragma once

#include <cstdint>
#include <functional>

#include "common/audio/block_source.h"
#include "common/chain/chain.h"

namespace aapp::chain {

enum class Tail { cut, keep };

struct RenderOptions {
  Tail tail = Tail::cut;  // cut: as many frames out as in
  std::size_t block_frames = 4096;
  // Called after each block with the frames read so far; returning false stops with ErrorCode::interrupted.
  std::function<bool(std::int64_t frames_done)> progress{};
};

struct RenderStats {
  std::int64_t frames_in = 0;
  std::int64_t frames_out = 0;
  std::int64_t non_finite_samples = 0;  // found in the input and played as 0
  float peak = 0.0F;                    // largest |sample| written
};

// The chain must have been made for the source's rate and channels and blocks of block_frames. Does not call
// sink.finish().
Result<RenderStats> render(audio::BlockSource& source, Chain& chain, audio::BlockSink& sink,
                           const RenderOptions& options = {});

// A recording in memory, as the fit uses it: same length out as in.
Result<audio::AudioBuffer> render(const audio::AudioBuffer& input, int rate_hz, const Preset& preset);

}  // namespace aapp::chain
