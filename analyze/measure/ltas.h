// The long-term average spectrum (LTAS): what a recording sounds like when time is averaged away. Welch
// densities over 8192-frame Hann segments, of every channel, their mean, and mid and side of stereo; kept
// fine for the EQ fit and summed into third-octave and ERB bands for people, distances and profiles.
//
// The third-octave definition is the usual one of a power sum with edges at 2^(+-1/6): white noise rises by 1
// dB per band, pink noise is flat.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyze/measure/band_grid.h"
#include "analyze/measure/spectrum_halves.h"
#include "analyze/measure/welch.h"
#include "common/audio/buffer.h"

namespace aapp::measure {

struct Spectrum {
  std::vector<double> density;  // one-sided power per Hz at bins 0, 1 ..; full scale sine: 0.5 in all
  std::vector<BandPower> third_octaves;  // kThirdOctaveCount of them
  std::vector<BandPower> erbs;           // kErbCount of them
  bool operator==(const Spectrum&) const = default;
};

struct Ltas {
  std::size_t segment_frames =
      0;  // 0: the recording is too short (under 4 frames); then all spectra are empty
  std::int64_t segments = 0;
  double bin_hz = 0.0;  // densities stand at k * bin_hz
  // Between the first and the second half (spectrum_halves.h); absent in averages of several recordings.
  std::optional<double> halves_apart_db;
  Spectrum mean;  // of the channels' powers: the one that distances and fits use
  std::vector<Spectrum> channels;
  std::optional<Spectrum> mid;   // (left + right) / 2, of stereo
  std::optional<Spectrum> side;  // (left - right) / 2
  bool empty() const { return segments == 0; }
  bool operator==(const Ltas&) const = default;
};

// 8192 frames up to 96 kHz, doubled above, so that bins are at most 11.8 Hz wide and the lowest bands hold
// one.
std::size_t ltas_segment_frames(double rate_hz);

// Bands of a density on both grids.
Spectrum make_spectrum(std::vector<double> density, double bin_hz, double rate_hz);

class LtasMeter {
 public:
  LtasMeter(int channels, double rate_hz);
  void push(audio::ConstAudioView block);
  Ltas finish();

 private:
  double rate_hz_;
  Welch welch_;
  std::size_t frames_to_segment_;
  SpectrumHalves halves_;
};

}  // namespace aapp::measure
