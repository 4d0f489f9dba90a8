// The compressor's side chain over blocks: from audio to the curve's gain in dB for every frame, in one
// topology at one setting. State and loops only; the arithmetic is compressor_model.h, run on QuickDouble and
// so within 1e-7 dB of what it gives on double. It never changes its setting while it runs:
// effects/compressor.h crosses over from one GainComputer to another. The output does not depend, to the last
// bit, on how a stream is cut into calls.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "common/dsp/compressor_model.h"
#include "common/dsp/moving_mean.h"
#include "common/dsp/simd.h"

namespace aapp::dsp {

struct GainComputerSetup {
  CompressorTopology topology;
  StereoLink link = StereoLink::max;
  CompressorModel<double> model;
  std::size_t box_frames = 1;  // detector rms_box only
  bool operator==(const GainComputerSetup&) const = default;
};

// Branching ballistics take frames in pairs, counted from the start. What the second frame needs of the
// first, where a block ended between them: so the pairs, and with them the last bits, do not depend on the
// blocks.
struct FramePair {
  bool open = false;
  double state_before = 0.0, input = 0.0;
};

class GainComputer {
 public:
  // What one call of process takes at most.
  static constexpr std::size_t kChunkFrames = 64;

  // Allocates. longest_box_frames >= 1 bounds GainComputerSetup::box_frames.
  void prepare(int channels, std::size_t longest_box_frames, Simd simd = best_simd());
  // Fully released, no past. Real-time safe, as all that follows.
  void start(const GainComputerSetup& setup) noexcept;
  // Goes on where `other`, prepared alike, has come to (compressor_model.h, translated_state).
  void start_from(const GainComputerSetup& setup, const GainComputer& other) noexcept;
  const GainComputerSetup& setup() const { return setup_; }

  // One pointer per channel as prepared; frames <= kChunkFrames.
  void process(std::span<const float* const> in, std::size_t frames) noexcept;
  // Of the last process call: the gain of every frame of this channel; one and the same for all if linked.
  const std::array<double, kChunkFrames>& gain_db(std::size_t channel) const noexcept {
    return voices_[linked() ? 0 : channel].gain_db;
  }
  bool linked() const noexcept { return setup_.link != StereoLink::none; }

 private:
  // One detection: of all channels together, or of one.
  struct Voice {
    CompressorState<double> state;
    MovingMean box;
    FramePair pair;
    std::array<double, kChunkFrames> gain_db;
  };

  void begin(const GainComputerSetup& setup) noexcept;
  void run(Voice& voice, std::span<const float* const> channels, std::size_t frames) noexcept;

  GainComputerSetup setup_;
  std::vector<Voice> voices_;  // one per channel; linked: the first only
  std::vector<double> frame_;  // one sample of every channel
  Simd simd_ = Simd::baseline;
};

}  // namespace aapp::dsp
