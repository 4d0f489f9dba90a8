// Runs effects and chains over recordings in memory, cut into blocks of choice.
#pragma once

#include <algorithm>
#include <memory>
#include <span>

#include "common/effects/registry.h"
#include "common/rt/denormals.h"

namespace aapp::test {

inline constexpr int kMaxBlock = 4096;

inline std::unique_ptr<effects::Effect> prepared(const effects::AnyParams& params, int rate_hz,
                                                 int channels) {
  auto effect = effects::make_effect(params);
  effect->prepare({.rate_hz = rate_hz, .channels = channels, .max_block_frames = kMaxBlock});
  return effect;
}

// In place; block lengths are taken from `blocks` in turn.
template <class Processor>
void run(Processor& processor, audio::AudioView audio, std::span<const std::size_t> blocks) {
  const rt::FlushDenormals flush;
  std::size_t turn = 0;
  for (std::size_t at = 0; at < audio.frames();) {
    const std::size_t frames = std::min(blocks[turn++ % blocks.size()], audio.frames() - at);
    processor.process(audio.slice(at, frames));
    at += frames;
  }
}

template <class Processor>
audio::AudioBuffer output(Processor& processor, audio::AudioBuffer audio, std::size_t block = 512) {
  run(processor, audio.view(), std::span<const std::size_t>(&block, 1));
  return audio;
}

}  // namespace aapp::test
