// The K-weighting of ITU-R BS.1770-4 (a high shelf for the head, a high-pass for the ear's deafness to
// rumble) and the weighted energies of 100 ms steps, from which every loudness figure follows.
//
// The standard gives coefficients for 48 kHz only; for other rates the same analogue filters are bilinearly
// transformed, with the parameters that B. De Man found behind the table ("Evaluation of implementations of
// the EBU R128 loudness measurement", AES 145, 2018). At 48 kHz they reproduce the table.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "common/audio/buffer.h"
#include "common/dsp/biquad_design.h"

namespace aapp::measure {

struct KWeightingFilters {
  dsp::BiquadCoefficients<double> shelf;
  dsp::BiquadCoefficients<double> high_pass;
};
KWeightingFilters design_k_weighting(double rate_hz);

// What a channel counts for, by its place: 1 for front channels, 1.41 for surrounds, 0 for the low-frequency
// one. Orders as in WAV: 1 and 2 channels, 4 (L R Ls Rs), 5 (L R C Ls Rs), 6 and more (L R C LFE Ls Rs, the
// rest not counted); 3 channels are L R C.
double loudness_channel_weight(int channel, int channel_count);

inline constexpr double kLoudnessStepMs = 100.0;

class KWeightedSteps {
 public:
  KWeightedSteps(int channels, double rate_hz);
  void push(audio::ConstAudioView block);
  // Sum over channels of weight times mean square, for each whole 100 ms step so far.
  const std::vector<double>& powers() const { return powers_; }

 private:
  struct State {
    std::array<double, 4> z{};
    double sum = 0.0;  // of squares in the current step
  };
  template <std::size_t N>
  void filter(audio::ConstAudioView block, int first_channel);
  void end_step();

  KWeightingFilters filters_;
  std::vector<double> weights_;
  std::vector<State> states_;
  std::int64_t step_frames_;
  std::int64_t held_ = 0;  // frames of the current step
  std::vector<double> powers_;
};

}  // namespace aapp::measure
