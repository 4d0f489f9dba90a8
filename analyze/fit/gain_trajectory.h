// What a dry and a wet recording say about the gain between them, block by block of about a quarter of a
// millisecond, in a form that loses nothing to noise: not log|y/x|, which blows up where x crosses 0, but the
// sums that the least-squares gain of a block is made of.
//
// In a block where the gain g hardly changes, y = g x + noise, so sum(xy) is g sum(xx) plus noise of variance
// sigma^2 sum(xx): (sum(xy) - g sum(xx)) / sqrt(sum(xx)) is a residual with the noise's own variance,
// whatever the level. Quiet blocks weigh little by themselves; nothing is gated.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "common/audio/buffer.h"

namespace aapp::fit {

inline constexpr double kGainBlockMs = 0.25;

std::size_t gain_block_frames(int rate_hz);

// One gain over time: of one channel, or of all channels that share it (sums then run over the channels).
struct GainLane {
  std::size_t block_frames = 1;
  std::vector<float> energy;  // x^2 of each frame, summed over the channels; blocks() * block_frames values
  std::vector<double> xx, xy, yy;  // of each block

  std::size_t blocks() const { return xx.size(); }
  // Samples of a block: frames times channels.
  std::size_t block_samples = 1;
};

// The frames after the last whole block are left out; a block with a clipped wet sample counts as silence.
// Requires equal channels and frames of both. `channels`: those that share the gain.
GainLane make_gain_lane(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet,
                        std::span<const int> channels, int rate_hz);

// Variance of what no gain explains: the model is residual variance = noise + (relative * |y|)^2 of a block.
struct ErrorModel {
  double noise = 0.0;     // variance of one wet sample: quantisation, dither, hiss
  double relative = 0.0;  // relative error of the gain; 0.01 is 0.086 dB
};

// What a residual is multiplied by to have unit variance, where the wet energy (of whatever the residual is
// about) is yy.
double whitening(const ErrorModel& error, double yy);

// Whether a sample of an integer file is clipped; float recordings may go beyond.
inline bool is_clipped(float sample) {
  constexpr float kClipped = 32767.0F / 32768.0F;  // from here to 1.0
  return std::abs(sample) >= kClipped && std::abs(sample) <= 1.0F;
}

// Mean square of a wet sample below which a block says nothing about the noise: digital silence and its
// neighbours, one step of 16 bits.
inline constexpr double kSilence = 1e-9;

// A first guess of the noise, from inside the blocks: what is left of y after its own best gain, over the
// quieter half.
double noise_inside_blocks(const GainLane& lane);

// The observed gain in dB of frames of frame_ms (10 ms for the metric), NaN where the dry signal is more than
// range_db below its loudest frame.
std::vector<double> observed_gain_db(const GainLane& lane, int rate_hz, double frame_ms, double range_db);

}  // namespace aapp::fit
