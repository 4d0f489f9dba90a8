// Levels of the live signal, gathered on the audio thread and read elsewhere. Sums only grow, so that the
// difference of two snapshots is exact over the time between them, whatever was missed in the middle; peaks
// are kept until somebody has looked.
#pragma once

#include <array>
#include <cstdint>

#include "common/audio/buffer.h"

namespace aapp::play {

struct ChannelLevel {
  float peak = 0.0F;         // largest |sample| since the last look (may repeat the look before)
  double sum_squares = 0.0;  // since the start
  std::int64_t clipped = 0;  // samples at full scale or beyond, since the start
};

struct Levels {
  int channels = 0;
  std::int64_t frames = 0;  // since the start
  std::array<ChannelLevel, audio::kMaxChannels> channel{};
};

// A sample counts as clipped from here: the largest 16-bit value.
inline constexpr float kFullScale = 32767.0F / 32768.0F;

// Adds a block to the levels. Real-time safe.
void add_to_levels(Levels& levels, audio::ConstAudioView block) noexcept;
// Forgets the peaks: somebody has seen them.
void forget_peaks(Levels& levels) noexcept;

// The level in dB of `now` since `before`: mean square of one channel; -inf for silence or no time.
double rms_db_between(const Levels& before, const Levels& now, int channel);

}  // namespace aapp::play
