#include "common/effects/compressor.h"

#include <algorithm>

#include "common/dsp/gain_stage.h"
#include "common/effects/channel_pointers.h"

namespace aapp::effects {
namespace {

constexpr double kLongestBoxMs = find_param(kCompressorTable, "rms_window_ms")->max;

std::size_t box_frames(double window_ms, double rate_hz) {
  return static_cast<std::size_t>(std::max(1LL, ms_to_frames(window_ms, rate_hz)));
}

}  // namespace

void Compressor::prepare(const audio::StreamSpec& spec) {
  rate_hz_ = spec.rate_hz;
  for (dsp::GainComputer* computer : {&playing_, &coming_}) {
    computer->prepare(spec.channels, box_frames(kLongestBoxMs, rate_hz_));
  }
  const auto glide_frames = ms_to_frames(kGlideMs, rate_hz_);
  fade_.prepare(static_cast<std::size_t>(glide_frames));
  makeup_db_.set_glide_frames(glide_frames);
  mix_.set_glide_frames(glide_frames);
  reset();
}

void Compressor::set(const CompressorParams& params) noexcept {
  params_ = params;
  if (rate_hz_ == 0.0) return;
  wanted_ = setup();
  makeup_db_.set_target(params_.makeup_db);
  mix_.set_target(params_.mix);
  if (fresh_) reset();
}

void Compressor::reset() noexcept {
  makeup_db_.snap(params_.makeup_db);
  mix_.snap(params_.mix);
  wanted_ = setup();
  playing_.start(wanted_);
  fade_.stop();
  fresh_ = true;
  gain_reduction_db_ = 0.0;
}

// Values that the detector in use does not look at stay at 1 frame, so that turning them changes nothing.
dsp::GainComputerSetup Compressor::setup() const noexcept {
  const bool averages = params_.detector == Detector::rms;
  const bool has_box = params_.detector == Detector::rms_box;
  return {
      .topology = {params_.detector, params_.smoothing, params_.ballistics},
      .link = params_.stereo_link,
      .model = {.curve = {params_.threshold_db, dsp::ratio_to_slope(params_.ratio), params_.knee_db},
                .poles = {time_constant_to_pole(params_.attack_ms, rate_hz_),
                          time_constant_to_pole(params_.release_ms, rate_hz_)},
                .rms_pole = averages ? time_constant_to_pole(params_.rms_window_ms, rate_hz_) : 0.0},
      .box_frames = has_box ? box_frames(params_.rms_window_ms, rate_hz_) : 1,
  };
}

void Compressor::process(audio::AudioView block) noexcept {
  if (block.frames() == 0) return;
  fresh_ = false;
  for (std::size_t done = 0; done < block.frames();) {
    if (!fade_.active() && wanted_ != playing_.setup()) {
      coming_.start_from(wanted_, playing_);
      fade_.start();
    }
    std::size_t frames = std::min(block.frames() - done, dsp::GainComputer::kChunkFrames);
    const bool fading = fade_.active();
    if (fading) frames = std::min(frames, fade_.left());
    play(block.slice(done, frames));
    if (fading && !fade_.active()) std::swap(playing_, coming_);
    done += frames;
  }
}

void Compressor::play(audio::AudioView chunk) noexcept {
  const std::size_t frames = chunk.frames();
  const ChannelPointers io(chunk);
  const bool fading = fade_.active();
  playing_.process(io.readable(), frames);
  if (fading) coming_.process(io.readable(), frames);
  Chunk coming_weight, makeup_db, mix;
  const std::size_t values = makeup_db_.gliding() || mix_.gliding() ? frames : 1;
  makeup_db_.fill({makeup_db.data(), values});
  mix_.fill({mix.data(), values});
  if (fading) std::generate_n(coming_weight.begin(), frames, [this] { return fade_.next(); });
  gain_reduction_db_ = 0.0;
  const bool one_gain = playing_.linked() && (!fading || coming_.linked());
  Chunk gain;
  for (std::size_t c = 0; c < io.size(); ++c) {
    if (c == 0 || !one_gain) {
      const Chunk &playing_db = playing_.gain_db(c), &coming_db = coming_.gain_db(c);
      for (std::size_t i = 0; fading && i < frames; ++i)
        gain[i] = dsp::blend(playing_db[i], coming_db[i], coming_weight[i]);
      const Chunk& gain_db = fading ? gain : playing_db;
      gain_reduction_db_ = std::min(gain_reduction_db_, gain_db[frames - 1]);
      dsp::gains_from_db({.gain_db = {gain_db.data(), frames},
                          .gains = {gain.data(), frames},
                          .makeup_db = {makeup_db.data(), values},
                          .mix = {mix.data(), values}},
                         simd_);
    }
    dsp::apply_gains({gain.data(), frames}, {io[c], frames}, simd_);
  }
}

}  // namespace aapp::effects
