// Hears acoustic feedback (a microphone that hears its loudspeaker) while it builds up: one frequency, alone,
// steady, and growing. Runs on the control thread over what the engine hears.
//
// Every 21 ms, or 43 ms while there is nothing to follow, a spectrum of 85 ms is taken. A howl is a peak that
// stays where it is, stands far above its neighbours and the mean, has no second or third harmonic (voices
// and strings have), and grows: by 6 dB in half a second, or at each of seven looks in a row. Criteria as in
// T. van Waterschoot, M. Moonen, "Fifty years of acoustic feedback control", Proc. IEEE 99(2), 2011 (PAPR,
// PHPR, PNPR and IMSD), with thresholds of our own.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/audio/buffer.h"
#include "common/dsp/fft.h"

namespace aapp::play {

class HowlDetector {
 public:
  // Allocates.
  explicit HowlDetector(int rate_hz);

  // Any number of frames of any number of channels; their mean is looked at. The frequency in Hz of a howl
  // that has just been recognised; again only after it has ended or two seconds have passed.
  std::optional<double> hear(audio::ConstAudioView block);

 private:
  struct Peak {
    std::size_t bin = 0;
    double level_db = 0.0;
  };
  std::optional<Peak> lonely_peak();
  std::optional<double> judge(std::optional<Peak> peak);
  bool grows_steadily() const;
  double power_near(std::size_t bin) const;

  int rate_hz_;
  std::size_t hop_frames_;
  std::vector<double> window_;
  double window_power_;
  std::vector<double> held_;  // the latest frames, oldest first
  std::size_t new_frames_ = 0;
  bool skip_ = false;  // whether the latest hop was not looked at
  dsp::RealFft fft_;
  std::vector<double> power_;
  std::vector<Peak> run_;  // the same peak, look after look
  int quiet_looks_ = 0;    // before another warning may come
};

}  // namespace aapp::play
