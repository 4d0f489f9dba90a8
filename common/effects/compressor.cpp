#include "common/effects/compressor.h"

#include <algorithm>

namespace aapp::effects {
namespace {

dsp::CompressorTopology topology_of(const CompressorParams& params) {
  return {params.detector, params.smoothing, params.ballistics};
}

constexpr double kLongestBoxMs = find_param(kCompressorTable, "rms_window_ms")->max;

}  // namespace

void Compressor::prepare(const audio::StreamSpec& spec) {
  rate_hz_ = spec.rate_hz;
  glides_.for_each(
      [this](dsp::Smoother& glide) { glide.set_glide_frames(ms_to_frames(kGlideMs, rate_hz_)); });
  fade_.prepare(static_cast<std::size_t>(ms_to_frames(kGlideMs, rate_hz_)));
  const auto longest_box = static_cast<std::size_t>(ms_to_frames(kLongestBoxMs, rate_hz_));
  for (Detection* detection : {&playing_, &coming_}) {
    detection->states.resize(static_cast<std::size_t>(spec.channels));
    detection->boxes.resize(static_cast<std::size_t>(spec.channels));
    for (dsp::MovingMean& box : detection->boxes) box.prepare(longest_box);
  }
  reset();
}

void Compressor::set(const CompressorParams& params) noexcept {
  params_ = params;
  if (rate_hz_ == 0.0) return;
  aim_glides();
  if (fresh_) reset();
}

void Compressor::reset() noexcept {
  aim_glides();
  glides_.for_each([](dsp::Smoother& glide) { glide.finish(); });
  follow_params(playing_);
  for (dsp::MovingMean& box : playing_.boxes) box.reset();
  std::ranges::fill(playing_.states, dsp::released_state<double>(params_.smoothing));
  fade_.stop();
  fresh_ = true;
  gain_reduction_db_ = 0.0;
}

void Compressor::aim_glides() noexcept {
  glides_.threshold_db.set_target(params_.threshold_db);
  glides_.slope.set_target(dsp::ratio_to_slope(params_.ratio));
  glides_.knee_db.set_target(params_.knee_db);
  glides_.attack_pole.set_target(time_constant_to_pole(params_.attack_ms, rate_hz_));
  glides_.release_pole.set_target(time_constant_to_pole(params_.release_ms, rate_hz_));
  glides_.rms_pole.set_target(time_constant_to_pole(params_.rms_window_ms, rate_hz_));
  glides_.makeup_db.set_target(params_.makeup_db);
  glides_.mix.set_target(params_.mix);
}

// 1 where nothing depends on it, so that turning the window of another detector is no change of topology.
std::size_t Compressor::box_frames() const noexcept {
  if (params_.detector != Detector::rms_box) return 1;
  return static_cast<std::size_t>(std::max(1LL, ms_to_frames(params_.rms_window_ms, rate_hz_)));
}

bool Compressor::plays_params(const Detection& detection) const noexcept {
  return topology_of(params_) == detection.topology && params_.stereo_link == detection.link &&
         box_frames() == detection.box_frames;
}

void Compressor::follow_params(Detection& detection) const noexcept {
  detection.topology = topology_of(params_);
  detection.link = params_.stereo_link;
  detection.box_frames = box_frames();
  for (dsp::MovingMean& box : detection.boxes) box.set_window(detection.box_frames);
}

void Compressor::begin_topology_change() noexcept {
  follow_params(coming_);
  const dsp::GainCurve<double> curve{glides_.threshold_db.value(), glides_.slope.value(),
                                     glides_.knee_db.value()};
  for (std::size_t i = 0; i < coming_.states.size(); ++i) {
    const auto& state = playing_.states[playing_.link == StereoLink::none ? i : 0];
    coming_.states[i] = dsp::translated_state(playing_.topology, coming_.topology, curve, state);
    coming_.boxes[i].reset(coming_.states[i].mean_square);
  }
  fade_.start();
}

void Compressor::process(audio::AudioView block) noexcept {
  fresh_ = fresh_ && block.frames() == 0;
  for (std::size_t done = 0; done < block.frames();) {
    if (!fade_.active() && !plays_params(playing_)) begin_topology_change();
    std::size_t frames = std::min(block.frames() - done, kChunkFrames);
    if (fade_.active()) frames = std::min(frames, fade_.left());
    const bool fading = fade_.active();
    play(block.slice(done, frames));
    if (fading && !fade_.active()) std::swap(playing_, coming_);
    done += frames;
  }
}

void Compressor::play(audio::AudioView chunk) noexcept {
  const std::size_t frames = chunk.frames();
  fill_settings(frames);
  const bool fading = fade_.active();
  if (fading) std::generate_n(coming_weight_.begin(), frames, [this] { return fade_.next(); });
  const bool one_gain = playing_.link != StereoLink::none && (!fading || coming_.link != StereoLink::none);
  gain_reduction_db_ = 0.0;
  std::array<double, kChunkFrames> gain_db;
  for (int c = 0; c < chunk.channels(); ++c) {
    if (c == 0 || !one_gain) {
      detect(playing_, chunk, c);
      gain_db = playing_.gain_db;
      if (fading) {
        detect(coming_, chunk, c);
        for (std::size_t i = 0; i < frames; ++i)
          gain_db[i] = dsp::blend(gain_db[i], coming_.gain_db[i], coming_weight_[i]);
      }
    }
    apply({gain_db.data(), frames}, chunk.channel(c));
  }
}

void Compressor::fill_settings(std::size_t frames) noexcept {
  for (std::size_t i = 0; i < frames; ++i) {
    Settings& s = settings_[i];
    s.model.curve = {glides_.threshold_db.next(), glides_.slope.next(), glides_.knee_db.next()};
    s.model.poles = {glides_.attack_pole.next(), glides_.release_pole.next()};
    s.model.rms_pole = glides_.rms_pole.next();
    s.makeup_db = glides_.makeup_db.next();
    s.mix = glides_.mix.next();
  }
}

// A linked detection looks at all channels once, when asked for the first.
void Compressor::detect(Detection& detection, audio::ConstAudioView chunk, int channel) noexcept {
  const bool linked = detection.link != StereoLink::none;
  if (linked && channel > 0) return;
  auto& state = detection.states[static_cast<std::size_t>(channel)];
  auto& box = detection.boxes[static_cast<std::size_t>(channel)];
  std::array<double, audio::kMaxChannels> frame;
  for (std::size_t i = 0; i < chunk.frames(); ++i) {
    double raw = 0.0;
    if (linked) {
      const auto channels = static_cast<std::size_t>(chunk.channels());
      for (std::size_t c = 0; c < channels; ++c) frame[c] = chunk.channel(static_cast<int>(c))[i];
      raw = dsp::detect_linked(detection.topology.detector, detection.link, {frame.data(), channels});
    } else {
      raw = dsp::detect(detection.topology.detector, chunk.channel(channel)[i]);
    }
    if (detection.topology.detector == Detector::rms_box) raw = box.step(raw);
    detection.gain_db[i] = dsp::compressor_gain_db(detection.topology, settings_[i].model, raw, state);
  }
}

void Compressor::apply(std::span<const double> gain_db, std::span<float> samples) noexcept {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double gain = dsp::compressor_gain(gain_db[i], settings_[i].makeup_db, settings_[i].mix);
    samples[i] = static_cast<float>(samples[i] * gain);
  }
  gain_reduction_db_ = std::min(gain_reduction_db_, gain_db.back());
}

}  // namespace aapp::effects
