// A recording along its time axis, for pictures: peak and RMS per step, loudness, and how bright each event
// is. Not part of the track profile, which keeps statistics only.
//
// Events are cut at onsets: local maxima of the spectral flux of log-compressed magnitudes above a moving
// mean (S. Dixon, "Onset Detection Revisited", DAFx 2006, spectral flux with its peak picking); an event's
// brightness is the power-weighted mean of its spectral centroids.
#pragma once

#include <cstdint>
#include <vector>

#include "analyze/measure/k_weighting.h"
#include "common/audio/buffer.h"
#include "common/audio/pump.h"
#include "common/dsp/stft.h"

namespace aapp::measure {

struct Timeline {
  double step_s = 0.0;               // of the waveform
  std::vector<float> peak{};         // largest |sample| of any channel in the step
  std::vector<float> rms{};          // root of the mean square over channels and step
  std::vector<float> centroid_hz{};  // of the event that the step belongs to; 0 in silence
  std::vector<double> onsets_s{};    // where events begin
  double loudness_step_s = 0.0;
  std::vector<double> short_term_lufs{};  // the 3 s that end at each loudness step; kSilenceDb in silence
};

// At most kTimelineSteps steps, whatever the length: neighbours are joined.
inline constexpr std::size_t kTimelineSteps = 1200;

// Memory while measuring: about 1.5 kB per second of sound.
class TimelineMeter : public audio::BlockVisitor {
 public:
  TimelineMeter(int channels, double rate_hz);
  void visit(audio::ConstAudioView block) override;  // finite samples
  Timeline finish();

 private:
  // One hop of the transform: the raw material of the waveform.
  struct Hop {
    float peak = 0.0F;
    float power = 0.0F;  // mean square
    float centroid_hz = 0.0F;
    float spectral_power = 0.0F;  // weight of the centroid
    float flux = 0.0F;
  };
  void add_level(const audio::ConstAudioView& part);
  void add_spectrum(std::span<const std::complex<double>> spectrum);
  std::vector<std::size_t> find_onsets() const;
  std::vector<float> event_centroids(const std::vector<std::size_t>& onsets) const;

  double rate_hz_;
  dsp::Stft stft_;
  KWeightedSteps loudness_;
  std::vector<float> mono_;
  std::vector<std::size_t> band_end_;      // bands of the flux, in bins
  std::vector<float> previous_magnitude_;  // of each band, log-compressed
  std::vector<Hop> hops_;
  std::size_t spectra_ = 0;  // hops whose spectrum is in
  std::size_t held_ = 0;     // frames of the current hop
  float held_peak_ = 0.0F;
  std::vector<double> held_power_;  // of each channel
};

}  // namespace aapp::measure
