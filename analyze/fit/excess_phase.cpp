#include "analyze/fit/excess_phase.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <utility>

#include "analyze/fit/parallel.h"
#include "common/base/units.h"
#include "common/dsp/fft.h"

namespace aapp::fit {
namespace {

// The impulse response that undoes the phase reaches this far to either side, at least.
constexpr double kReachS = 0.2;
// A frequency tells its phase where its energy is this many times the noise's: within a quarter of a radian.
constexpr double kClear = 8.0;
// Frames that are convolved at once, in lengths of the impulse response.
constexpr std::size_t kLengthsAtOnce = 4;

// What is known of the filter, by ascending frequency.
struct Known {
  std::vector<double> frequency_hz, ln_magnitude, radians, energy;
};

Known known_of(const Transfer& transfer) {
  Known known;
  for (std::size_t i = 0; i < transfer.xx.size(); ++i) {
    const double energy = std::norm(transfer.xy[i]) / transfer.xx[i];
    if (!(energy > kClear * transfer.noise[i])) continue;
    const double radians = std::arg(transfer.xy[i]);
    // Unwrapped: neighbours are less than half a turn apart.
    const double before = known.radians.empty() ? 0.0 : known.radians.back();
    known.radians.push_back(before + std::remainder(radians - before, 2.0 * kPi));
    known.frequency_hz.push_back(transfer.frequency_hz[i]);
    known.ln_magnitude.push_back(std::log(std::abs(transfer.xy[i]) / transfer.xx[i]));
    known.energy.push_back(energy);
  }
  return known;
}

// In between linear in log frequency; beyond the ends as at the ends.
double interpolated(const Known& known, const std::vector<double>& values, double hz) {
  const auto above = std::ranges::upper_bound(known.frequency_hz, hz);
  const auto i = static_cast<std::size_t>(above - known.frequency_hz.begin());
  if (i == 0) return values.front();
  if (i == values.size()) return values.back();
  const double part =
      std::log(hz / known.frequency_hz[i - 1]) / std::log(known.frequency_hz[i] / known.frequency_hz[i - 1]);
  return std::lerp(values[i - 1], values[i], part);
}

double bin_hz(std::size_t bin, std::size_t bins, double rate_hz) {
  return 0.5 * rate_hz * static_cast<double>(bin) / static_cast<double>(bins - 1);
}

// Of a filter with this magnitude, at the bins of `fft`.
std::vector<double> minimum_phase(dsp::RealFft& fft, const Known& known, double rate_hz) {
  for (std::size_t k = 0; k < fft.bins(); ++k)
    fft.spectrum()[k] = interpolated(known, known.ln_magnitude, bin_hz(k, fft.bins(), rate_hz));
  fft.inverse();
  const std::span<double> cepstrum = fft.signal();
  for (std::size_t n = 1; n < fft.size() / 2; ++n) cepstrum[n] *= 2.0;
  std::ranges::fill(cepstrum.subspan(fft.size() / 2 + 1), 0.0);
  fft.forward();
  std::vector<double> radians;
  for (const std::complex<double>& bin : fft.spectrum()) radians.push_back(bin.imag());
  return radians;
}

double at_frequency(const ExcessPhase& phase, double hz, double rate_hz) {
  const double at = hz / bin_hz(1, phase.radians.size(), rate_hz);
  const auto i = std::min(static_cast<std::size_t>(at), phase.radians.size() - 2);
  return std::lerp(phase.radians[i], phase.radians[i + 1], at - static_cast<double>(i));
}

// The filter that undoes it, delayed by half its length, faded in and out.
std::vector<double> undoing(const ExcessPhase& phase) {
  dsp::RealFft fft(2 * (phase.radians.size() - 1));
  const std::size_t size = fft.size();
  for (std::size_t k = 0; k < fft.bins(); ++k) {
    const double half_turns = k % 2 == 0 ? 1.0 : -1.0;  // the delay
    fft.spectrum()[k] = half_turns * std::polar(1.0, -phase.radians[k]);
  }
  fft.spectrum()[0] = 1.0;
  fft.spectrum()[fft.bins() - 1] = fft.spectrum()[fft.bins() - 1].real();
  fft.inverse();
  std::vector<double> taps(fft.signal().begin(), fft.signal().end());
  for (std::size_t n = 0; n < size; ++n)
    taps[n] *= 0.5 - 0.5 * std::cos(2.0 * kPi * static_cast<double>(n) / static_cast<double>(size));
  return taps;
}

// In place, by overlap-add: what comes out of a block belongs where samples have been read already.
void convolve(std::span<float> samples, const std::vector<double>& taps) {
  const std::size_t step = (kLengthsAtOnce - 1) * taps.size(), late = taps.size() / 2;
  dsp::RealFft response(kLengthsAtOnce * taps.size()), fft(response.size());
  std::ranges::fill(response.signal(), 0.0);
  std::ranges::copy(taps, response.signal().begin());
  response.forward();
  std::vector<double> tail(taps.size());
  for (std::size_t first = 0; first < samples.size() + late; first += step) {
    const std::size_t from = std::min(first, samples.size());
    std::ranges::fill(fft.signal(), 0.0);
    std::ranges::copy(samples.subspan(from, std::min(step, samples.size() - from)), fft.signal().begin());
    fft.forward();
    for (std::size_t k = 0; k < fft.bins(); ++k) fft.spectrum()[k] *= response.spectrum()[k];
    fft.inverse();
    for (std::size_t n = 0; n < tail.size(); ++n) fft.signal()[n] += tail[n];
    std::ranges::copy(fft.signal().subspan(step), tail.begin());
    for (std::size_t n = first < late ? late - first : 0; n < step && first + n - late < samples.size(); ++n)
      samples[first + n - late] = static_cast<float>(fft.signal()[n]);
  }
}

}  // namespace

ExcessPhase find_excess_phase(const Transfer& transfer) {
  std::size_t size = 2;
  while (static_cast<double>(size) < 2.0 * kReachS * transfer.rate_hz) size *= 2;
  ExcessPhase phase{.radians = std::vector<double>(size / 2 + 1)};
  const Known known = known_of(transfer);
  if (known.frequency_hz.empty()) return phase;
  dsp::RealFft fft(size);
  phase.radians = minimum_phase(fft, known, transfer.rate_hz);
  for (std::size_t k = 0; k < phase.radians.size(); ++k) {
    const double hz = bin_hz(k, phase.radians.size(), transfer.rate_hz);
    phase.radians[k] = interpolated(known, known.radians, hz) - phase.radians[k];
  }
  double energy = 0.0, difference = 0.0;
  for (std::size_t i = 0; i < known.energy.size(); ++i) {
    const double radians = at_frequency(phase, known.frequency_hz[i], transfer.rate_hz);
    energy += known.energy[i];
    difference += known.energy[i] * std::norm(1.0 - std::polar(1.0, radians));
  }
  phase.share = difference / energy;
  return phase;
}

Transfer without_phase(const Transfer& transfer, const ExcessPhase& phase) {
  Transfer out = transfer;
  for (std::size_t i = 0; i < out.xy.size(); ++i)
    out.xy[i] *= std::polar(1.0, -at_frequency(phase, out.frequency_hz[i], out.rate_hz));
  return out;
}

void take_off_phase(audio::AudioBuffer& wet, const ExcessPhase& phase) {
  const std::vector<double> taps = undoing(phase);
  parallel_for(static_cast<std::size_t>(wet.channels()),
               [&](std::size_t c) { convolve(wet.channel(static_cast<int>(c)), taps); });
}

}  // namespace aapp::fit
