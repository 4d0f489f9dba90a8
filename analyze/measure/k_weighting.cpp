#include "analyze/measure/k_weighting.h"

#include <algorithm>
#include <cmath>

#include "common/base/units.h"

namespace aapp::measure {

namespace {

// Below this a filter's memory of sound long past is nothing; left alone it would sink into slow denormal
// numbers.
constexpr double kForgotten = 1e-30;

}  // namespace

KWeightingFilters design_k_weighting(double rate_hz) {
  KWeightingFilters filters;
  {
    constexpr double kFrequencyHz = 1681.974450955533;
    constexpr double kGainDb = 3.999843853973347;
    constexpr double kQ = 0.7071752369554196;
    const double k = std::tan(kPi * std::min(kFrequencyHz / rate_hz, dsp::kMaxFrequencyOfRate));
    const double high = db_to_gain(kGainDb);
    const double middle = std::pow(high, 0.4996667741545416);
    const double a0 = 1.0 + k / kQ + k * k;
    filters.shelf = {.b0 = (high + middle * k / kQ + k * k) / a0,
                     .b1 = 2.0 * (k * k - high) / a0,
                     .b2 = (high - middle * k / kQ + k * k) / a0,
                     .a1 = 2.0 * (k * k - 1.0) / a0,
                     .a2 = (1.0 - k / kQ + k * k) / a0};
  }
  {
    constexpr double kFrequencyHz = 38.13547087602444;
    constexpr double kQ = 0.5003270373238773;
    const double k = std::tan(kPi * kFrequencyHz / rate_hz);
    const double a0 = 1.0 + k / kQ + k * k;
    // The standard's numerator is 1, -2, 1 without the usual 1 / a0.
    filters.high_pass = {
        .b0 = 1.0, .b1 = -2.0, .b2 = 1.0, .a1 = 2.0 * (k * k - 1.0) / a0, .a2 = (1.0 - k / kQ + k * k) / a0};
  }
  return filters;
}

double loudness_channel_weight(int channel, int channel_count) {
  constexpr double kSurround = 1.41;
  if (channel_count == 4) return channel < 2 ? 1.0 : kSurround;
  if (channel_count == 5) return channel < 3 ? 1.0 : kSurround;
  if (channel < 3) return 1.0;
  return channel == 4 || channel == 5 ? kSurround : 0.0;
}

KWeightedSteps::KWeightedSteps(int channels, double rate_hz)
    : filters_(design_k_weighting(rate_hz)),
      states_(static_cast<std::size_t>(channels)),
      step_frames_(std::max<std::int64_t>(1, ms_to_frames(kLoudnessStepMs, rate_hz))) {
  for (int c = 0; c < channels; ++c) weights_.push_back(loudness_channel_weight(c, channels));
}

// N channels side by side: each recursion waits for itself, so the others run in its gaps.
template <std::size_t N>
void KWeightedSteps::filter(audio::ConstAudioView block, int first_channel) {
  const dsp::BiquadCoefficients<double> s = filters_.shelf;
  const dsp::BiquadCoefficients<double> h = filters_.high_pass;
  std::array<State, N> state;
  std::array<const float*, N> x;
  for (std::size_t n = 0; n < N; ++n) {
    state[n] = states_[static_cast<std::size_t>(first_channel) + n];
    x[n] = block.channel(first_channel + static_cast<int>(n)).data();
  }
  for (std::size_t i = 0; i < block.frames(); ++i) {
    for (std::size_t n = 0; n < N; ++n) {
      std::array<double, 4>& z = state[n].z;
      const double in = static_cast<double>(x[n][i]);
      const double mid = s.b0 * in + z[0];
      z[0] = s.b1 * in - s.a1 * mid + z[1];
      z[1] = s.b2 * in - s.a2 * mid;
      const double out = mid + z[2];
      z[2] = -2.0 * mid - h.a1 * out + z[3];
      z[3] = mid - h.a2 * out;
      state[n].sum += out * out;
    }
  }
  for (std::size_t n = 0; n < N; ++n) {
    for (double& z : state[n].z) {
      if (std::abs(z) < kForgotten) z = 0.0;
    }
    states_[static_cast<std::size_t>(first_channel) + n] = state[n];
  }
}

void KWeightedSteps::end_step() {
  double power = 0.0;
  for (std::size_t c = 0; c < states_.size(); ++c) {
    power += weights_[c] * states_[c].sum / static_cast<double>(step_frames_);
    states_[c].sum = 0.0;
  }
  powers_.push_back(power);
  held_ = 0;
}

void KWeightedSteps::push(audio::ConstAudioView block) {
  for (std::size_t done = 0; done < block.frames();) {
    const std::size_t count = std::min(block.frames() - done, static_cast<std::size_t>(step_frames_ - held_));
    const audio::ConstAudioView part = block.slice(done, count);
    int c = 0;
    for (; c + 2 <= block.channels(); c += 2) filter<2>(part, c);
    if (c < block.channels()) filter<1>(part, c);
    done += count;
    held_ += static_cast<std::int64_t>(count);
    if (held_ == step_frames_) end_step();
  }
}

}  // namespace aapp::measure
