#include "analyze/measure/log_stft.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "common/base/units.h"
#include "common/dsp/fft.h"
#include "common/dsp/window.h"

namespace aapp::measure {

namespace {

constexpr std::array<std::size_t, 4> kSizes{512, 1024, 2048, 4096};
constexpr double kLowHz = 50.0;
constexpr double kHighHz = 16000.0;
constexpr double kHighOfRate = 0.45;
constexpr double kFloorDb = -80.0;

// Power spectra of frames of one length, within the band looked at.
class FrameSpectrum {
 public:
  FrameSpectrum(std::size_t size, double rate_hz)
      : window_(dsp::make_window(dsp::WindowShape::hann, size)), fft_(size) {
    const double bin_hz = rate_hz / static_cast<double>(size);
    const double high_hz = std::min(kHighHz, kHighOfRate * rate_hz);
    first_ = static_cast<std::size_t>(std::ceil(kLowHz / bin_hz));
    last_ = std::min(fft_.bins() - 1, static_cast<std::size_t>(std::floor(high_hz / bin_hz)));
  }

  std::size_t hop() const { return fft_.size() / 4; }
  // powers gets one value per bin of the band.
  void transform(std::span<const float> samples, std::size_t first, std::vector<double>& powers) {
    const std::span<double> signal = fft_.signal();
    for (std::size_t i = 0; i < signal.size(); ++i)
      signal[i] = static_cast<double>(samples[first + i]) * window_[i];
    fft_.forward();
    powers.clear();
    for (std::size_t k = first_; k <= last_; ++k) powers.push_back(std::norm(fft_.spectrum()[k]));
  }

 private:
  std::vector<double> window_;
  dsp::RealFft fft_;
  std::size_t first_, last_;
};

// Mean |dB| over all frames and bins of one channel at one frame length.
std::optional<double> channel_distance_db(std::span<const float> a, std::span<const float> b, double level_db,
                                          std::size_t size, double rate_hz) {
  FrameSpectrum spectrum(size, rate_hz);
  std::vector<double> reference;
  std::vector<double> other;
  double strongest = 0.0;
  for (std::size_t first = 0; first + size <= a.size(); first += spectrum.hop()) {
    spectrum.transform(a, first, reference);
    for (const double power : reference) strongest = std::max(strongest, power);
  }
  if (!(strongest > 0.0)) return std::nullopt;
  const double floor = strongest * db_to_power(kFloorDb);
  const double gain = db_to_power(level_db);
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t first = 0; first + size <= a.size(); first += spectrum.hop()) {
    spectrum.transform(a, first, reference);
    spectrum.transform(b, first, other);
    for (std::size_t k = 0; k < reference.size(); ++k) {
      sum += std::abs(power_to_db(std::max(reference[k], floor) / std::max(gain * other[k], floor)));
    }
    count += static_cast<double>(reference.size());
  }
  return sum / count;
}

}  // namespace

std::optional<double> log_stft_distance_db(audio::ConstAudioView reference, audio::ConstAudioView other,
                                           double level_db, double rate_hz) {
  double sum = 0.0;
  double count = 0.0;
  for (const std::size_t size : kSizes) {
    if (reference.frames() < 2 * size) continue;
    for (int c = 0; c < reference.channels(); ++c) {
      const auto d = channel_distance_db(reference.channel(c), other.channel(c), level_db, size, rate_hz);
      if (!d) continue;
      sum += *d;
      count += 1.0;
    }
  }
  return count > 0.0 ? std::optional(sum / count) : std::nullopt;
}

}  // namespace aapp::measure
