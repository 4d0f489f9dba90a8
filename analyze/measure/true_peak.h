// True peak: the highest point of the curve between the samples, by oversampling. Fourfold below 96 kHz,
// twofold below 192 kHz, else the samples themselves. Source: ITU-R BS.1770-4 annex 2 (12 taps per phase);
// the interpolator is a Hann-windowed sinc, whose phase 0 is the samples as they are.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "common/audio/buffer.h"

namespace aapp::measure {

inline constexpr std::size_t kTruePeakTaps = 12;

class TruePeakMeter {
 public:
  TruePeakMeter(int channels, double rate_hz);
  // Allocates when a block is longer than all before.
  void push(audio::ConstAudioView block);
  // The end of the recording is followed by silence. 1.0 = full scale.
  double finish();

 private:
  void scan(std::size_t channel, std::size_t frames);

  std::vector<std::array<float, kTruePeakTaps>> phases_;  // without phase 0
  float gain_bound_ = 1.0F;                  // no output is larger than this times the largest sample
  std::vector<std::vector<float>> history_;  // per channel: kTruePeakTaps - 1 old samples, then the block
  std::vector<float> between_;               // one phase of the oversampled block
  float peak_ = 0.0F;
};

}  // namespace aapp::measure
