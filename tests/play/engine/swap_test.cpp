// What is heard of a swap: the engine as it runs live, with its history of the input, between any two
// presets.
#include <gtest/gtest.h>

#include <random>

#include "common/base/units.h"
#include "common/dsp/biquad_design.h"
#include "common/effects/compressor.h"
#include "common/effects/eq.h"
#include "play/engine/engine.h"
#include "tests/support/residue.h"
#include "tests/support/signals.h"

namespace aapp::play {
namespace {

constexpr int kRateHz = 48000;
constexpr audio::StreamSpec kStream{.rate_hz = kRateHz, .channels = 1, .max_block_frames = 1024};
constexpr std::size_t kPeriod = 64;

Preset random_eq(std::mt19937& random) {
  std::uniform_real_distribution<double> octaves(0.0, 7.0), gain_db(-6.0, 6.0), log_q(-1.0, 1.4);
  effects::EqParams eq;
  for (const dsp::BandType type :
       {dsp::BandType::low_shelf, dsp::BandType::peak, dsp::BandType::high_shelf}) {
    eq.bands.push_back({.type = type,
                        .frequency_hz = 80.0 * std::exp2(octaves(random)),
                        .gain_db = gain_db(random),
                        .q = type == dsp::BandType::peak ? std::exp(log_q(random)) : 0.7});
  }
  Preset preset;
  preset.chain.push_back({.params = eq});
  return preset;
}

Preset with_compressor(Preset preset, std::mt19937& random) {
  std::uniform_real_distribution<double> threshold_db(-40.0, -10.0), ratio(1.5, 6.0), attack_ms(2.0, 30.0),
      release_ms(60.0, 300.0);
  preset.chain.push_back({.params = effects::CompressorParams{.threshold_db = threshold_db(random),
                                                              .ratio = ratio(random),
                                                              .attack_ms = attack_ms(random),
                                                              .release_ms = release_ms(random)}});
  return preset;
}

// The engine as a device and a control thread run it; the control thread looks every 20 ms.
class Player {
 public:
  explicit Player(const Preset& preset) : engine_({.stream = kStream, .map = {1}}) {
    engine_.fade_in();
    swap(preset);
  }
  void swap(const Preset& preset) {
    engine_.play(std::make_unique<chain::Chain>(chain::Chain::make(preset, kStream).value()));
  }
  void process(audio::AudioView audio) {
    audio::AudioBuffer in(1, kPeriod);
    for (std::size_t at = 0; at + kPeriod <= audio.frames(); at += kPeriod) {
      const audio::AudioView block = audio.slice(at, kPeriod);
      std::ranges::copy(block.channel(0), in.channel(0).begin());
      engine_.process(in.view(), block);
      if (++periods_ % 15 == 0) engine_.collect();
    }
  }

 private:
  Engine engine_;
  int periods_ = 0;
};

// Presets one after the other, a quarter of a second each, over a sine: the loudest residue within 170 ms of
// a swap. A compressor makes harmonics of its own all the time; what does not stand out of those is not the
// swap's.
template <class Next>
double worst_residue_db(double sine_hz, Next next_preset) {
  constexpr std::size_t kSwaps = 20, kStep = 12032, kNear = 8160;  // whole periods; 170 ms
  audio::AudioBuffer audio = test::sine(1, (kSwaps + 4) * kStep, sine_hz, kRateHz, 0.2);
  Player player(next_preset());
  player.process(audio.view().slice(0, 4 * kStep));
  for (std::size_t i = 0; i < kSwaps; ++i) {
    player.swap(next_preset());
    player.process(audio.view().slice((4 + i) * kStep, kStep));
  }
  const std::vector<double> residue = test::above_8khz(audio.channel(0), kRateHz);
  const auto steady_db = [&](std::size_t step) {
    return test::peak_db(std::span(residue).subspan(step * kStep + kNear, kStep - kNear));
  };
  double worst_db = -200.0;
  for (std::size_t step = 4; step < kSwaps + 4; ++step) {
    const double near_db = test::peak_db(std::span(residue).subspan(step * kStep, kNear));
    constexpr double kStandsOutDb = 1.0;
    if (near_db > std::max(steady_db(step - 1), steady_db(step)) + kStandsOutDb)
      worst_db = std::max(worst_db, near_db);
  }
  return worst_db;
}

TEST(Swap, BetweenRandomEqualisersLeavesNoClick) {
  for (const double sine_hz : {100.0, 1000.0}) {
    std::mt19937 random(7);
    EXPECT_LT(worst_residue_db(sine_hz, [&] { return random_eq(random); }), -130.0) << sine_hz;
  }
}

TEST(Swap, BetweenRandomCompressorsLeavesNoClick) {
  for (const double sine_hz : {100.0, 1000.0}) {
    std::mt19937 random(8);
    EXPECT_LT(worst_residue_db(sine_hz, [&] { return with_compressor(random_eq(random), random); }), -110.0)
        << sine_hz;
  }
}

TEST(Swap, ToAnEqualPresetChangesNothingThatCouldBeHeard) {
  std::mt19937 random(9);
  const Preset preset = with_compressor(random_eq(random), random);
  audio::AudioBuffer swapped = test::bursts(1, 5 * 48000 / kPeriod * kPeriod, 9000);
  for (float& sample : swapped.channel(0)) sample *= 0.3F;
  audio::AudioBuffer plain = swapped;
  Player one(preset), two(preset);
  one.process(plain.view());
  const std::size_t at = 4 * 48000 / kPeriod * kPeriod;
  two.process(swapped.view().slice(0, at));
  two.swap(preset);
  two.process(swapped.view().slice(at, swapped.frames() - at));
  EXPECT_LE(test::largest_difference(plain, swapped), 1e-7F);
}

}  // namespace
}  // namespace aapp::play
