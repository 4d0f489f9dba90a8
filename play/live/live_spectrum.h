// Third-octave spectra of what goes in and what comes out, as a listener would hear them over the last second
// or so, and that of the preset's reference beside them. On the control thread.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "analyze/measure/third_octave.h"
#include "common/dsp/fft.h"
#include "common/preset/preset.h"
#include "play/engine/signal_tap.h"

namespace aapp::play {

// A level per third octave in dB of the band's power; nothing where a band is above the rate, silent or
// unknown.
using BandLevels = std::array<std::optional<double>, measure::kThirdOctaveCount>;

class LiveSpectrum {
 public:
  // A TapListener.
  void hear(const audio::StreamSpec& spec, const TappedBlock& piece);

  BandLevels in() const { return levels(in_); }
  BandLevels out() const { return levels(out_); }

 private:
  struct Side {
    std::vector<double> held;   // the window that fills up; windows follow each other without overlap
    std::vector<double> power;  // density per Hz, averaged over time
  };
  void start(int rate_hz);
  void transform(Side& side);
  BandLevels levels(const Side& side) const;

  int rate_hz_ = 0;
  std::size_t new_frames_ = 0;
  std::vector<double> window_;
  double window_power_ = 0.0;
  std::optional<dsp::RealFft> fft_;
  Side in_, out_;
};

// The third octaves of what a preset was fitted to, as its "fit" block tells (fit_summary.h); empty where it
// does not.
BandLevels reference_levels(const Preset& preset);

}  // namespace aapp::play
