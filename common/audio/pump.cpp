#include "common/audio/pump.h"

#include <cmath>

#include "common/base/interrupt.h"

namespace aapp::audio {
namespace {

// Large enough that the cost per block vanishes; 64 channels of it are 4 MiB.
constexpr std::size_t kPumpFrames = 16384;

bool all_finite(std::span<const float> samples) noexcept {
  // x - x is 0 for a finite x and NaN otherwise, and NaN stays in the sum: one test a block, no branch a
  // sample. Many sums, so that the compiler may keep them in vector registers, none of which waits for
  // another.
  constexpr std::size_t kSums = 32;
  float sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums <= samples.size(); i += kSums) {
    for (std::size_t k = 0; k < kSums; ++k) sums[k] += samples[i + k] - samples[i + k];
  }
  for (; i < samples.size(); ++i) sums[0] += samples[i] - samples[i];
  for (std::size_t k = 1; k < kSums; ++k) sums[0] += sums[k];
  return sums[0] == 0.0F;
}

}  // namespace

std::int64_t remove_non_finite(AudioView block) noexcept {
  std::int64_t found = 0;
  for (int c = 0; c < block.channels(); ++c) {
    if (all_finite(block.channel(c))) continue;
    for (float& sample : block.channel(c)) {
      if (std::isfinite(sample)) continue;
      sample = 0.0F;
      ++found;
    }
  }
  return found;
}

Result<PumpStats> pump(BlockSource& source, std::span<BlockVisitor* const> visitors,
                       const std::function<bool(std::int64_t frames_done)>& progress) {
  AudioBuffer buffer(source.channels(), kPumpFrames);
  PumpStats stats;
  for (;;) {
    const Result<std::size_t> got = source.read(buffer.view());
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) return stats;
    const AudioView block = buffer.view().slice(0, *got);
    stats.non_finite_samples += remove_non_finite(block);
    for (BlockVisitor* visitor : visitors) visitor->visit(block);
    stats.frames += static_cast<std::int64_t>(*got);
    if (progress && !progress(stats.frames)) return tl::unexpected(interrupted_error());
  }
}

}  // namespace aapp::audio
