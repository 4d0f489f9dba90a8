// Signals and a plain reference compressor for the tests of the compressor fit: the formulas of
// dsp/compressor_model.h run frame by frame, by nobody's optimised code.
#pragma once

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "common/audio/buffer.h"
#include "common/base/units.h"
#include "common/dsp/moving_mean.h"
#include "common/effects/compressor.h"

namespace aapp::fit::test {

// Noise bursts of changing level, from -50 to about -3 dB, a new level every 40 to 300 ms: attacks, releases
// and levels on both sides of any threshold. Channels share the envelope, not the noise.
inline audio::AudioBuffer bursts(int channels, double seconds, int rate_hz, std::uint64_t seed) {
  audio::AudioBuffer audio(channels, static_cast<std::size_t>(seconds * rate_hz));
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  double level = 0.0, target = 0.0;
  std::size_t left = 0;
  for (std::size_t n = 0; n < audio.frames(); ++n) {
    if (left-- == 0) {
      target = db_to_gain(-26.5 + 23.5 * uniform(random));
      left = static_cast<std::size_t>(rate_hz * (0.17 + 0.13 * uniform(random)));
    }
    level += 0.002 * (target - level);
    for (int c = 0; c < channels; ++c) audio.channel(c)[n] = static_cast<float>(level * uniform(random));
  }
  return audio;
}

// A detector and a smoother per gain; what effects::Compressor does, slowly.
class ReferenceCompressor {
 public:
  ReferenceCompressor(const effects::CompressorParams& params, int rate_hz, int gains)
      : params_(params),
        topology_{params.detector, params.smoothing, params.ballistics},
        model_{.curve = {params.threshold_db, dsp::ratio_to_slope(params.ratio), params.knee_db},
               .poles = {time_constant_to_pole(params.attack_ms, rate_hz),
                         time_constant_to_pole(params.release_ms, rate_hz)},
               .rms_pole = time_constant_to_pole(params.rms_window_ms, rate_hz)},
        states_(static_cast<std::size_t>(gains), dsp::released_state<double>(params.smoothing)),
        means_(static_cast<std::size_t>(gains)) {
    const auto window = static_cast<std::size_t>(std::max(1LL, ms_to_frames(params.rms_window_ms, rate_hz)));
    for (dsp::MovingMean& mean : means_) mean.prepare(window), mean.set_window(window);
  }

  double gain_db(std::size_t gain, double raw) {
    if (params_.detector == dsp::Detector::rms_box) raw = means_[gain].step(raw);
    return dsp::compressor_gain_db(topology_, model_, raw, states_[gain]) + params_.makeup_db;
  }

 private:
  effects::CompressorParams params_;
  dsp::CompressorTopology topology_;
  dsp::CompressorModel<double> model_;
  std::vector<dsp::CompressorState<double>> states_;
  std::vector<dsp::MovingMean> means_;
};

inline audio::AudioBuffer compress(const audio::AudioBuffer& dry, int rate_hz,
                                   const effects::CompressorParams& params) {
  const auto channels = static_cast<std::size_t>(dry.channels());
  const bool alone = params.stereo_link == dsp::StereoLink::none || channels == 1;
  ReferenceCompressor compressor(params, rate_hz, alone ? dry.channels() : 1);
  audio::AudioBuffer wet = dry;
  std::vector<double> frame(channels);
  for (std::size_t n = 0; n < dry.frames(); ++n) {
    for (std::size_t c = 0; c < channels; ++c) frame[c] = dry.channel(static_cast<int>(c))[n];
    double gain_db =
        alone ? 0.0 : compressor.gain_db(0, dsp::detect_linked(params.detector, params.stereo_link, frame));
    for (std::size_t c = 0; c < channels; ++c) {
      if (alone) gain_db = compressor.gain_db(c, dsp::detect(params.detector, frame[c]));
      wet.channel(static_cast<int>(c))[n] = static_cast<float>(frame[c] * db_to_gain(gain_db));
    }
  }
  return wet;
}

inline void quantise_16_bit(audio::AudioBuffer& audio) {
  for (int c = 0; c < audio.channels(); ++c) {
    for (float& sample : audio.channel(c)) {
      sample = static_cast<float>(std::clamp(std::round(sample * 32768.0), -32768.0, 32767.0) / 32768.0);
    }
  }
}

inline audio::AudioBuffer add_noise(audio::AudioBuffer audio, double rms, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0.0, rms);
  for (int c = 0; c < audio.channels(); ++c) {
    for (float& sample : audio.channel(c)) sample += static_cast<float>(normal(random));
  }
  return audio;
}

// Every topology that the fit may choose, with settings that bend the gain of bursts() well.
inline std::vector<effects::CompressorParams> all_topologies() {
  std::vector<effects::CompressorParams> all;
  for (const auto detector : {dsp::Detector::peak, dsp::Detector::rms, dsp::Detector::rms_box}) {
    for (const auto smoothing : {dsp::Smoothing::gain_db, dsp::Smoothing::level_db,
                                 dsp::Smoothing::level_linear, dsp::Smoothing::level_power}) {
      for (const auto ballistics : {dsp::Ballistics::branching, dsp::Ballistics::decoupled}) {
        all.push_back({.threshold_db = -24.0,
                       .ratio = 4.0,
                       .knee_db = 6.0,
                       .attack_ms = 6.0,
                       .release_ms = 90.0,
                       .makeup_db = 3.0,
                       .detector = detector,
                       .rms_window_ms = 8.0,
                       .smoothing = smoothing,
                       .ballistics = ballistics});
      }
    }
  }
  return all;
}

}  // namespace aapp::fit::test
