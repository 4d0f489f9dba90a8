// Turned knobs do not click. A sine goes through each effect while one parameter jumps over its whole range
// every 60 ms; what sounds above 8 kHz, where the sine is not, must stay 100 dB below the loudest output, or
// at what the effect adds there by itself when the parameter rests (a fast compressor bends a slow sine).
#include <gtest/gtest.h>

#include "common/dsp/biquad.h"
#include "tests/contract/cases.h"
#include "tests/support/run_effect.h"
#include "tests/support/signals.h"

namespace aapp::effects {
namespace {

using audio::AudioBuffer;

constexpr int kRateHz = 48000;
constexpr std::size_t kJumpFrames = 2880;
constexpr std::size_t kStartFrames = 9600;  // until the high-pass has forgotten the start

// Peak above 8 kHz from frame `from` on: Butterworth of order 8 as four biquads.
double residue(const AudioBuffer& audio, std::size_t from) {
  std::array<dsp::BiquadCoefficients<double>, 4> sections;
  std::array<dsp::BiquadState<double>, 4> state{};
  for (std::size_t s = 0; s < 4; ++s) {
    const double q = 0.5 / std::cos(kPi * (2.0 * static_cast<double>(s) + 1.0) / 16.0);
    sections[s] = dsp::design_biquad(dsp::BandType::high_pass, 8000.0, 0.0, q, kRateHz);
  }
  double largest = 0.0;
  for (std::size_t i = 0; i < audio.frames(); ++i) {
    double x = audio.channel(0)[i];
    for (std::size_t s = 0; s < 4; ++s) x = dsp::biquad_step(sections[s], state[s], x);
    if (i >= from) largest = std::max(largest, std::abs(x));
  }
  return largest;
}

// The settings that a knob passes: `base` with value number `chosen` at each of these places in its range.
std::vector<AnyParams> jumps(const EffectType& type, const AnyParams& base, std::size_t chosen) {
  std::vector<AnyParams> settings;
  for (const double part : {0.5, 0.0, 1.0, 0.0, 0.3, 0.8, 0.2, 1.0}) {
    AnyParams params = base;
    std::size_t index = 0;
    test::for_each_value(type.table, params_data(params), [&](const ParamSpec& spec, void* at) {
      if (index++ == chosen && spec.change == Change::glides) spec.set(at, test::value_at(spec, part));
    });
    settings.push_back(params);
  }
  return settings;
}

std::string name_of(const EffectType& type, AnyParams params, std::size_t chosen) {
  std::string name;
  std::size_t index = 0;
  test::for_each_value(type.table, params_data(params), [&](const ParamSpec& spec, void*) {
    if (index++ == chosen) name = std::string(type.id) + ' ' + std::string(spec.id);
  });
  return name;
}

void expect_no_click(const EffectType& type, const AnyParams& base, std::size_t chosen, double f_hz) {
  const std::vector<AnyParams> settings = jumps(type, base, chosen);
  double at_rest = 0.0;
  for (const AnyParams& params : settings) {
    auto effect = test::prepared(params, kRateHz, 1);
    at_rest = std::max(
        at_rest, residue(test::output(*effect, test::sine(1, 19200, f_hz, kRateHz, 0.25)), kStartFrames));
  }
  const std::size_t frames = kStartFrames + settings.size() * kJumpFrames;
  AudioBuffer audio = test::sine(1, frames, f_hz, kRateHz, 0.25);
  auto effect = test::prepared(settings.front(), kRateHz, 1);
  const std::size_t block = 64;
  test::run(*effect, audio.view().slice(0, kStartFrames), {&block, 1});
  for (std::size_t i = 0; i < settings.size(); ++i) {
    set_params(*effect, settings[i]);
    test::run(*effect, audio.view().slice(kStartFrames + i * kJumpFrames, kJumpFrames), {&block, 1});
  }
  const double bound = 1.5 * at_rest + 1e-5 * std::max(0.25F, test::peak(audio));
  EXPECT_LT(residue(audio, kStartFrames), bound)
      << name_of(type, base, chosen) << " at " << f_hz << " Hz, at rest " << at_rest;
}

TEST(Clicks, no_parameter_of_any_effect_clicks_when_it_jumps) {
  for (const EffectType& type : effect_types()) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
      AnyParams base = test::random_params(type, seed, 1);
      std::size_t values = 0;
      test::for_each_value(type.table, params_data(base), [&values](const ParamSpec&, void*) { ++values; });
      for (std::size_t chosen = 0; chosen < values; ++chosen) {
        for (const double f_hz : {100.0, 1000.0}) expect_no_click(type, base, chosen, f_hz);
      }
    }
  }
}

}  // namespace
}  // namespace aapp::effects
