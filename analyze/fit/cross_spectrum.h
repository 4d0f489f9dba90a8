// The phase between two recordings, frequency by frequency, and the delays that it shows. Shapes: bins 0 to
// kPhaseFrames / 2, averaged over half-overlapped windows and all channels. Nothing here keeps state.
// Source: Knapp, Carter, "The Generalized Correlation Method for Estimation of Time Delay", IEEE TASSP 24(4),
// 1976; the weighting is Hannan and Thomson's (table I).
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "common/audio/buffer.h"

namespace aapp::fit {

inline constexpr std::size_t kPhaseFrames = 4096;

// Frames [first, first + frames) of a recording.
struct Stretch {
  std::int64_t first = 0, frames = 0;
};

// Samples [first, first + count) of a channel, 0 outside the recording and in what is left of `out`.
void copy_range(std::span<const float> channel, std::int64_t first, std::int64_t count,
                std::span<double> out);

struct CrossSpectrum {
  int stretches = 0;  // averaged of all channels
  std::vector<std::complex<double>> xy = std::vector<std::complex<double>>(kPhaseFrames / 2 + 1);
  std::vector<double> xx = std::vector<double>(kPhaseFrames / 2 + 1), yy = xx;
};

// Over this stretch of the wet recording, where the dry one is `lag` frames ahead.
CrossSpectrum average_spectra(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, Stretch stretch,
                              std::int64_t lag);

// What turns the phases of the first into those of the second; what turned both alike, a filter's phase, is
// no part of it.
CrossSpectrum phase_difference(const CrossSpectrum& first, CrossSpectrum second);

// The share of the wet energy that some filter makes of the dry recording, chance taken off: below 0 by
// chance only.
double share_of_filter(const CrossSpectrum& spectra);

// The whole frames, at most `reach`, by which the phases of all frequencies agree best.
std::int64_t agreed_delay(const CrossSpectrum& spectra, std::int64_t reach);

// How well they agree on a delay: 1 if they do, 0 if they are random.
double agreement(const CrossSpectrum& spectra, std::int64_t frames);

struct PhaseDelay {
  double frames = 0.0;
  double weight = 0.0;  // of its estimate
};

// The delay that is left, from the slope of the phase of the bins [first, last), or of all.
PhaseDelay phase_delay(const CrossSpectrum& spectra, std::size_t first, std::size_t last);
PhaseDelay phase_delay(const CrossSpectrum& spectra);

}  // namespace aapp::fit
