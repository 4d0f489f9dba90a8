#include "play/live/live_spectrum.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "common/audio/mono.h"
#include "common/dsp/window.h"

namespace aapp::play {
namespace {

constexpr std::size_t kWindowFrames = 8192;
constexpr double kMemorySeconds = 1.0;  // time constant of the average
constexpr double kQuietestDb = -110.0;

}  // namespace

void LiveSpectrum::start(int rate_hz) {
  rate_hz_ = rate_hz;
  new_frames_ = 0;
  window_ = dsp::make_window(dsp::WindowShape::hann, kWindowFrames);
  window_power_ = dsp::window_power(window_);
  if (!fft_) fft_.emplace(kWindowFrames);
  for (Side* side : {&in_, &out_}) {
    side->held.assign(kWindowFrames, 0.0);
    side->power.assign(fft_->bins(), 0.0);
  }
}

void LiveSpectrum::hear(const audio::StreamSpec& spec, const TappedBlock& piece) {
  if (rate_hz_ != spec.rate_hz) start(spec.rate_hz);
  for (std::size_t done = 0; done < piece.dry.frames();) {
    const std::size_t count = std::min(piece.dry.frames() - done, kWindowFrames - new_frames_);
    audio::mean_of_channels(piece.dry.slice(done, count), std::span(in_.held).subspan(new_frames_, count));
    audio::mean_of_channels(piece.wet.slice(done, count), std::span(out_.held).subspan(new_frames_, count));
    done += count;
    new_frames_ += count;
    if (new_frames_ < kWindowFrames) continue;
    new_frames_ = 0;
    transform(in_);
    transform(out_);
  }
}

void LiveSpectrum::transform(Side& side) {
  const std::span<double> signal = fft_->signal();
  for (std::size_t i = 0; i < kWindowFrames; ++i) signal[i] = side.held[i] * window_[i];
  fft_->forward();
  const double scale = 2.0 / (window_power_ * rate_hz_);
  const double keep = std::exp(-static_cast<double>(kWindowFrames) / (kMemorySeconds * rate_hz_));
  for (std::size_t k = 0; k < side.power.size(); ++k)
    side.power[k] = keep * side.power[k] + (1.0 - keep) * scale * std::norm(fft_->spectrum()[k]);
}

BandLevels LiveSpectrum::levels(const Side& side) const {
  BandLevels levels;
  if (rate_hz_ == 0) return levels;
  const measure::CumulativePower power(side.power, static_cast<double>(rate_hz_) / kWindowFrames);
  const auto bands = measure::third_octave_bands();
  const auto powers = measure::band_powers(power, bands, rate_hz_);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double level_db = measure::band_level_db(powers[i].power);
    if (powers[i].in_range && level_db > kQuietestDb) levels[i] = level_db;
  }
  return levels;
}

// The block comes from a file: anything may stand in it.
BandLevels reference_levels(const Preset& preset) {
  BandLevels levels;
  const auto fit = nlohmann::json::parse(preset.fit_json, nullptr, false);
  if (!fit.is_object() || !fit.contains("reference_spectrum")) return levels;
  const auto& spectrum = fit["reference_spectrum"];
  if (!spectrum.is_object() || !spectrum.contains("centre_hz") || !spectrum.contains("level_db"))
    return levels;
  const auto &centres = spectrum["centre_hz"], &given = spectrum["level_db"];
  if (!centres.is_array() || !given.is_array()) return levels;
  const auto bands = measure::third_octave_bands();
  for (std::size_t i = 0; i < std::min(centres.size(), given.size()); ++i) {
    if (!centres[i].is_number() || !given[i].is_number()) continue;
    const double hz = centres[i].get<double>();
    const auto band = std::ranges::find_if(
        bands, [hz](const measure::Band& b) { return hz >= b.low_hz && hz < b.high_hz; });
    if (band != bands.end()) levels[static_cast<std::size_t>(band - bands.begin())] = given[i].get<double>();
  }
  return levels;
}

}  // namespace aapp::play
