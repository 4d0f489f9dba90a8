#include "analyze/measure/true_peak.h"

#include <algorithm>
#include <cmath>

#include "common/base/units.h"

namespace aapp::measure {

namespace {

constexpr std::size_t kHistory = kTruePeakTaps - 1;

std::size_t oversampling(double rate_hz) {
  if (rate_hz < 96000.0) return 4;
  return rate_hz < 192000.0 ? 2 : 1;
}

// Taps of the fractional delay phase / factor, for the newest sample first.
std::array<float, kTruePeakTaps> phase_taps(std::size_t phase, std::size_t factor) {
  std::array<float, kTruePeakTaps> taps{};
  constexpr double kHalf = 0.5 * kTruePeakTaps;
  for (std::size_t j = 0; j < kTruePeakTaps; ++j) {
    const double t =
        static_cast<double>(j) + static_cast<double>(phase) / static_cast<double>(factor) - kHalf;
    const double sinc = t == 0.0 ? 1.0 : std::sin(kPi * t) / (kPi * t);
    taps[j] = static_cast<float>(sinc * (0.5 + 0.5 * std::cos(kPi * t / kHalf)));
  }
  return taps;
}

float largest(std::span<const float> samples) {
  float peak = 0.0F;
  for (const float x : samples) peak = std::max(peak, std::abs(x));
  return peak;
}

}  // namespace

TruePeakMeter::TruePeakMeter(int channels, double rate_hz)
    : history_(static_cast<std::size_t>(channels), std::vector<float>(kHistory, 0.0F)) {
  const std::size_t factor = oversampling(rate_hz);
  for (std::size_t phase = 1; phase < factor; ++phase) {
    phases_.push_back(phase_taps(phase, factor));
    float sum = 0.0F;
    for (const float tap : phases_.back()) sum += std::abs(tap);
    gain_bound_ = std::max(gain_bound_, sum);
  }
}

void TruePeakMeter::scan(std::size_t channel, std::size_t frames) {
  const std::vector<float>& x = history_[channel];
  peak_ = std::max(peak_, largest(std::span(x).last(frames)));
  // Most blocks cannot reach the peak found so far, however their samples conspire.
  if (largest(x) * gain_bound_ <= peak_) return;
  for (const std::array<float, kTruePeakTaps>& taps : phases_) {
    between_.assign(frames, 0.0F);
    for (std::size_t j = 0; j < kTruePeakTaps; ++j) {
      const float* shifted = x.data() + kHistory - j;
      for (std::size_t i = 0; i < frames; ++i) between_[i] += taps[j] * shifted[i];
    }
    peak_ = std::max(peak_, largest(between_));
  }
}

void TruePeakMeter::push(audio::ConstAudioView block) {
  for (std::size_t c = 0; c < history_.size(); ++c) {
    std::vector<float>& x = history_[c];
    const std::span<const float> samples = block.channel(static_cast<int>(c));
    x.resize(kHistory);
    x.insert(x.end(), samples.begin(), samples.end());
    scan(c, samples.size());
    std::copy_n(x.end() - kHistory, kHistory, x.begin());
  }
}

double TruePeakMeter::finish() {
  for (std::size_t c = 0; c < history_.size(); ++c) {
    history_[c].resize(kHistory);
    history_[c].resize(2 * kHistory, 0.0F);
    scan(c, kHistory);
  }
  return static_cast<double>(peak_);
}

}  // namespace aapp::measure
