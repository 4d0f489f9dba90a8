// The one read loop: every recording is read once, in blocks, whatever the number of measures that look at
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "common/audio/block_source.h"

namespace aapp::audio {

// Replaces NaN and infinities by 0 and returns how many there were. Called at every boundary where audio
// comes in, so that neither filter state nor file ever meets one. Real-time safe.
std::int64_t remove_non_finite(AudioView block) noexcept;

// Looks at finite audio, block by block.
class BlockVisitor {
 public:
  virtual ~BlockVisitor() = default;
  virtual void visit(ConstAudioView block) = 0;
};

struct PumpStats {
  std::int64_t frames = 0;
  std::int64_t non_finite_samples = 0;
};

// Reads source to its end and shows each block to each visitor. `progress` as in chain/render.h: false stops.
Result<PumpStats> pump(BlockSource& source, std::span<BlockVisitor* const> visitors,
                       const std::function<bool(std::int64_t frames_done)>& progress = {});

}  // namespace aapp::audio
