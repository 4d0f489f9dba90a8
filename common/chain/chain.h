// The chain: the effects of a preset in order, ready to play. Live, batch and the fit's verification run this
// one process(), so what was measured is what sounds. With parameters held, output does not depend on block
// size.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/audio/buffer.h"
#include "common/base/error.h"
#include "common/dsp/simd.h"
#include "common/effects/registry.h"
#include "common/preset/preset.h"

namespace aapp::chain {

// 120 dB over full scale: no sound needs it, and no sum of presets' gains gets past it to infinity.
inline constexpr float kLoudestSample = 1e6F;

class Node;

class Chain {
 public:
  // Builds and prepares every effect: all allocation happens here. Fails on a bad spec (check_stream_spec) or
  // too many nodes. Not for the audio thread.
  static Result<Chain> make(const Preset& preset, const audio::StreamSpec& spec);

  Chain(Chain&&) noexcept;
  Chain& operator=(Chain&&) noexcept;
  ~Chain();

  // In place, any number of frames up to spec().max_block_frames. Samples must be finite
  // (audio::remove_non_finite) and come out finite: after each node they are held within +-kLoudestSample.
  // Denormals count as 0. Real-time safe.
  void process(audio::AudioView block) noexcept;
  // The same, adding the time that each node takes to node_ns, which has size() entries; `now_ns` is the
  // clock.
  void process_timed(audio::AudioView block, std::span<std::int64_t> node_ns,
                     std::int64_t (*now_ns)() noexcept) noexcept;
  // As fresh from make. Real-time safe.
  void reset() noexcept;

  // New values for node `index`, which must hold the same type of effect; glides. Real-time safe.
  void set_params(std::size_t index, const effects::AnyParams& params) noexcept;
  // Bypass is a 20 ms crossfade with the (latency-aligned) input; a settled bypass costs no processing.
  void set_bypass(std::size_t index, bool bypass) noexcept;
  // Every node bypassed, for comparing; afterwards each is as it was.
  void set_dry(bool dry) noexcept;

  // For an overloaded processor. One node left out (faded as in a bypass), or run at less quality where it
  // can be; afterwards each is as it was. Real-time safe.
  void set_shed(std::size_t index, bool shed) noexcept;
  bool has_economy() const noexcept;
  void set_economy(effects::Economy economy) noexcept;

  const audio::StreamSpec& spec() const;
  std::size_t size() const;
  // A bypassed node keeps its latency, so that switching it does not shift the sound.
  std::int64_t latency_frames() const noexcept;
  std::int64_t tail_frames() const noexcept;
  // The gain in dB of the last block's end, summed over the nodes that report one (compressor, limiter).
  double gain_reduction_db() const noexcept;

 private:
  explicit Chain(const audio::StreamSpec& spec);

  audio::StreamSpec spec_;
  dsp::Simd simd_ = dsp::best_simd();
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace aapp::chain
