#include "bench/pairs/material.h"

#include <algorithm>
#include <complex>
#include <filesystem>

#include "analyze/fit/chain_model.h"
#include "common/base/units.h"
#include "common/dsp/fft.h"
#include "common/io/audio_file.h"

namespace aapp::bench {
namespace {

using effects::CompressorParams;

constexpr double kMaxS = 20.0;

double loud_db(const Programme& p) {
  const auto step = static_cast<std::size_t>(p.rate_hz / 100);
  std::vector<double> levels;
  for (std::size_t first = 0; first + step <= p.audio.frames(); first += step) {
    double sum = 1e-20;
    for (int c = 0; c < p.audio.channels(); ++c) {
      for (const float x : p.audio.channel(c).subspan(first, step)) sum += static_cast<double>(x) * x;
    }
    levels.push_back(power_to_db(sum / static_cast<double>(step) / p.audio.channels()));
  }
  std::ranges::sort(levels);
  return levels[levels.size() * 95 / 100];
}

}  // namespace

std::vector<Programme> load_corpus(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".flac") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<Programme> all;
  for (const std::string& path : paths) {
    Result<io::LoadedAudio> loaded = io::load_audio(path);
    if (!loaded) continue;
    const auto frames =
        std::min(loaded->samples.frames(), static_cast<std::size_t>(kMaxS * loaded->info.rate_hz));
    if (frames < std::size_t{4} * static_cast<std::size_t>(loaded->info.rate_hz)) continue;
    all.push_back(
        {std::filesystem::path(path).stem(), loaded->info.rate_hz, fit::cut(loaded->samples, 0, frames)});
  }
  return all;
}

CompressorParams random_compressor(const Programme& p, Dice& dice) {
  CompressorParams c;
  c.threshold_db = loud_db(p) - dice.uniform(3.0, 12.0);
  c.ratio = dice.log_uniform(1.5, 10.0);
  c.knee_db = dice.uniform(0.0, 1.0) < 0.3 ? 0.0 : dice.uniform(1.0, 12.0);
  c.attack_ms = dice.log_uniform(1.0, 40.0);
  c.release_ms = dice.log_uniform(40.0, 400.0);
  c.makeup_db = dice.uniform(0.0, 3.0);
  c.detector = dice.pick<dsp::Detector>(3);
  c.rms_window_ms = dice.log_uniform(3.0, 30.0);
  c.smoothing = dice.pick<dsp::Smoothing>(4);
  c.ballistics = dice.pick<dsp::Ballistics>(2);
  c.stereo_link = p.audio.channels() > 1 ? dice.pick<dsp::StereoLink>(4) : dsp::StereoLink::max;
  return c;
}

effects::EqParams random_eq(Dice& dice, int rate_hz) {
  effects::EqParams eq;
  const std::size_t bands = 3 + dice.below(4);
  const double top = std::min(7000.0, 0.35 * rate_hz),
               step = std::pow(top / 90.0, 1.0 / static_cast<double>(bands));
  for (std::size_t b = 0; b < bands; ++b) {
    effects::EqBand band;
    band.type = b == 0           ? dsp::BandType::low_shelf
                : b + 1 == bands ? dsp::BandType::high_shelf
                                 : dsp::BandType::peak;
    band.frequency_hz = 90.0 * std::pow(step, static_cast<double>(b) + dice.uniform(0.2, 0.8));
    band.gain_db = (dice.below(2) != 0U ? 1.0 : -1.0) * dice.uniform(2.0, 7.0);
    band.q = band.type == dsp::BandType::peak ? dice.uniform(0.6, 3.0) : 0.707;
    eq.bands.push_back(band);
  }
  return eq;
}

void add_passes(effects::EqParams& eq, Dice& dice, int rate_hz) {
  const std::size_t which = dice.below(4);  // two of four: a high-pass alone, which is what most use
  const auto add = [&](dsp::BandType type, double low_hz, double high_hz) {
    eq.bands.push_back({.type = type,
                        .frequency_hz = dice.log_uniform(low_hz, high_hz),
                        .gain_db = 0.0,
                        .q = dice.uniform(0.5, 1.2)});
  };
  if (which != 0) add(dsp::BandType::high_pass, 30.0, 300.0);
  if (which < 2) add(dsp::BandType::low_pass, std::min(3000.0, 0.2 * rate_hz), 0.35 * rate_hz);
}

void to_16_bit(audio::AudioBuffer& audio) {
  for (int c = 0; c < audio.channels(); ++c) {
    for (float& x : audio.channel(c))
      x = static_cast<float>(std::clamp(std::round(x * 32768.0), -32768.0, 32767.0) / 32768.0);
  }
}

void make_hard(audio::AudioBuffer& audio, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise(0.0, 1e-3);
  for (int c = 0; c < audio.channels(); ++c) {
    dsp::RealFft fft(audio.frames());
    std::ranges::copy(audio.channel(c), fft.signal().begin());
    fft.forward();
    for (std::size_t k = 0; k < fft.bins(); ++k)
      fft.spectrum()[k] *= std::polar(1.0, -kPi * static_cast<double>(k) / static_cast<double>(fft.size()));
    fft.inverse();
    for (std::size_t n = 0; n < audio.frames(); ++n)
      audio.channel(c)[n] = static_cast<float>(noise(random) - fft.signal()[n]);
  }
}

audio::AudioBuffer sine(double seconds, int rate_hz, double level_db) {
  audio::AudioBuffer audio(1, static_cast<std::size_t>(seconds * rate_hz));
  for (std::size_t n = 0; n < audio.frames(); ++n) {
    const double t = static_cast<double>(n) / rate_hz;
    audio.channel(0)[n] = static_cast<float>(db_to_gain(level_db) * std::sin(2.0 * kPi * 440.0 * t));
  }
  return audio;
}

float peak_of(const audio::AudioBuffer& audio) {
  float peak = 0.0F;
  for (int c = 0; c < audio.channels(); ++c) {
    for (const float x : audio.channel(c)) peak = std::max(peak, std::abs(x));
  }
  return peak;
}

}  // namespace aapp::bench
