#include "analyze/fit/cross_spectrum.h"

#include <algorithm>
#include <cmath>

#include "common/base/units.h"
#include "common/dsp/fft.h"
#include "common/dsp/window.h"

namespace aapp::fit {
namespace {

// Noise has a coherence of 1 / stretches on average, and one bin in 3000 eight times that.
constexpr double kChanceCoherence = 8.0;

// How much a frequency's phase says: its coherence, sharpened. Loud frequencies say no more than quiet ones,
// so that a filter on the loudest does not pass for a delay. Those whose coherence may be chance say nothing:
// their phases, though random, would pull every slope towards 0.
double phase_weight(const CrossSpectrum& spectra, std::size_t k) {
  const double power = spectra.xx[k] * spectra.yy[k];
  if (!(power > 0.0)) return 0.0;
  const double coherence = std::norm(spectra.xy[k]) / power;
  if (coherence * spectra.stretches < kChanceCoherence) return 0.0;
  return coherence / (1.0 - coherence + 1e-3);
}

double angular_frequency(std::size_t bin) {
  return 2.0 * kPi * static_cast<double>(bin) / static_cast<double>(kPhaseFrames);
}

}  // namespace

void copy_range(std::span<const float> channel, std::int64_t first, std::int64_t count,
                std::span<double> out) {
  std::ranges::fill(out, 0.0);
  for (std::int64_t n = 0; n < count; ++n) {
    const std::int64_t at = first + n;
    if (at < 0 || at >= static_cast<std::int64_t>(channel.size())) continue;
    out[static_cast<std::size_t>(n)] = channel[static_cast<std::size_t>(at)];
  }
}

CrossSpectrum average_spectra(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, Stretch stretch,
                              std::int64_t lag) {
  CrossSpectrum out;
  dsp::RealFft x(kPhaseFrames, dsp::RealFft::Ways::forward), y(kPhaseFrames, dsp::RealFft::Ways::forward);
  const std::vector<double> window = dsp::make_window(dsp::WindowShape::hann, kPhaseFrames);
  const auto frames = static_cast<std::int64_t>(kPhaseFrames);
  for (int c = 0; c < dry.channels(); ++c) {
    for (std::int64_t first = stretch.first; first + frames <= stretch.first + stretch.frames;
         first += frames / 2) {
      copy_range(dry.channel(c), first - lag, frames, x.signal());
      copy_range(wet.channel(c), first, frames, y.signal());
      ++out.stretches;
      for (std::size_t n = 0; n < kPhaseFrames; ++n) x.signal()[n] *= window[n], y.signal()[n] *= window[n];
      x.forward();
      y.forward();
      for (std::size_t k = 0; k < out.xx.size(); ++k) {
        out.xy[k] += std::conj(x.spectrum()[k]) * y.spectrum()[k];
        out.xx[k] += std::norm(x.spectrum()[k]);
        out.yy[k] += std::norm(y.spectrum()[k]);
      }
    }
  }
  return out;
}

CrossSpectrum phase_difference(const CrossSpectrum& first, CrossSpectrum second) {
  second.stretches = std::min(first.stretches, second.stretches);
  for (std::size_t k = 0; k < second.xy.size(); ++k) {
    second.xy[k] *= std::conj(first.xy[k]);
    second.xx[k] *= first.xx[k];
    second.yy[k] *= first.yy[k];
  }
  return second;
}

double share_of_filter(const CrossSpectrum& spectra) {
  if (spectra.stretches < 2) return 0.0;
  const double stretches = spectra.stretches;
  double share = 0.0, all = 0.0;
  for (std::size_t k = 0; k < spectra.xy.size(); ++k) {
    if (!(spectra.xx[k] > 0.0)) continue;
    // Of noise, 1 / stretches on average.
    const double explained = std::norm(spectra.xy[k]) / spectra.xx[k];
    share += (explained * stretches - spectra.yy[k]) / (stretches - 1.0);
    all += spectra.yy[k];
  }
  return all > 0.0 ? share / all : 0.0;
}

std::int64_t agreed_delay(const CrossSpectrum& spectra, std::int64_t reach) {
  dsp::RealFft phases(kPhaseFrames);
  for (std::size_t k = 0; k < phases.bins(); ++k) {
    const double size = std::abs(spectra.xy[k]);
    phases.spectrum()[k] = size > 0.0 ? phase_weight(spectra, k) / size * spectra.xy[k] : 0.0;
  }
  phases.inverse();
  const auto at = [&](std::int64_t frames) {
    const auto size = static_cast<std::int64_t>(kPhaseFrames);
    return phases.signal()[static_cast<std::size_t>((frames + size) % size)];
  };
  std::int64_t best = 0;
  for (std::int64_t d = -reach; d <= reach; ++d) {
    if (at(d) > at(best)) best = d;
  }
  return best;
}

double agreement(const CrossSpectrum& spectra, std::int64_t frames) {
  double sum = 0.0, all = 0.0;
  for (std::size_t k = 0; k < spectra.xy.size(); ++k) {
    const double weight = phase_weight(spectra, k);
    const double turned = std::arg(spectra.xy[k]) + angular_frequency(k) * static_cast<double>(frames);
    sum += weight * std::cos(turned);
    all += weight;
  }
  return all > 0.0 ? sum / all : 0.0;
}

PhaseDelay phase_delay(const CrossSpectrum& spectra, std::size_t first, std::size_t last) {
  double wfp = 0.0, wff = 0.0;
  for (std::size_t k = first; k < last; ++k) {
    const double weight = phase_weight(spectra, k), w = angular_frequency(k);
    wfp += weight * w * std::arg(spectra.xy[k]), wff += weight * w * w;
  }
  return wff > 0.0 ? PhaseDelay{-wfp / wff, wff} : PhaseDelay{};
}

PhaseDelay phase_delay(const CrossSpectrum& spectra) {
  return phase_delay(spectra, 1, spectra.xx.size() - 1);
}

}  // namespace aapp::fit
