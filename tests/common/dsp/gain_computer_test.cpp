#include "common/dsp/gain_computer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "common/dsp/gain_stage.h"
#include "common/dsp/quick_double.h"

namespace aapp::dsp {
namespace {

template <class Quick>
void expect_errs_by_no_more_than_its_header_says() {
  for (double x = 1e-300; x < 1e300; x *= 1.0137) {
    EXPECT_NEAR(log(Quick(x)).value, std::log(x), 2e-10 + 4e-16 * std::abs(std::log(x))) << x;
  }
  for (double x = -699.0; x < 699.0; x += 0.0137) {
    EXPECT_NEAR(exp(Quick(x)).value / std::exp(x), 1.0, 3e-9) << x;
  }
  EXPECT_EQ(log(Quick(1.0)).value, 0.0);
  EXPECT_EQ(exp(Quick(0.0)).value, 1.0);
}

TEST(QuickDouble, log_and_exp_err_by_no_more_than_its_header_says) {
  expect_errs_by_no_more_than_its_header_says<QuickDouble<MulAdd::separate>>();
  expect_errs_by_no_more_than_its_header_says<QuickDouble<MulAdd::fused>>();
}

std::vector<std::vector<float>> bursts(std::size_t channels, std::size_t frames) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::vector<std::vector<float>> audio(channels, std::vector<float>(frames));
  for (auto& channel : audio) {
    for (std::size_t i = 0; i < frames; ++i)
      channel[i] = uniform(random) * (i / 500 % 2 == 0 ? 1.0F : 0.003F);
  }
  return audio;
}

std::vector<GainComputerSetup> setups() {
  std::vector<GainComputerSetup> all;
  for (int code = 0; code < 3 * 4 * 2 * 4; ++code) {
    for (const auto& [attack, release] : {std::pair{0.99, 0.9995}, {0.9995, 0.99}, {0.0, 0.999}}) {
      all.push_back({.topology = {static_cast<Detector>(code % 3), static_cast<Smoothing>(code / 3 % 4),
                                  static_cast<Ballistics>(code / 12 % 2)},
                     .link = static_cast<StereoLink>(code / 24),
                     .model = {.curve = {-30.0, 0.8, code % 5 == 0 ? 0.0 : 9.0},
                               .poles = {attack, release},
                               .rms_pole = 0.998},
                     .box_frames = 37});
    }
  }
  return all;
}

// frames_at(at): how many frames the block that starts there has, at most 64.
template <class FramesAt>
std::vector<std::vector<double>> run(GainComputer& computer, const std::vector<std::vector<float>>& audio,
                                     FramesAt frames_at) {
  std::vector<std::vector<double>> gain_db(audio.size());
  for (std::size_t at = 0; at < audio[0].size();) {
    const std::size_t frames = std::min<std::size_t>(frames_at(at), audio[0].size() - at);
    std::vector<const float*> in;
    for (const auto& channel : audio) in.push_back(channel.data() + at);
    computer.process(in, frames);
    for (std::size_t c = 0; c < audio.size(); ++c) {
      const auto& part = computer.gain_db(c);
      gain_db[c].insert(gain_db[c].end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(frames));
    }
    at += frames;
  }
  return gain_db;
}

// The formulas on double, frame by frame.
std::vector<double> twin(const GainComputerSetup& setup, const std::vector<std::vector<float>>& audio,
                         std::size_t channel) {
  auto state = released_state<double>(setup.topology.smoothing);
  MovingMean box;
  box.prepare(setup.box_frames);
  box.set_window(setup.box_frames);
  std::vector<double> gain_db;
  for (std::size_t i = 0; i < audio[0].size(); ++i) {
    std::vector<double> frame;
    for (const auto& one : audio) frame.push_back(one[i]);
    double raw = setup.link == StereoLink::none ? detect(setup.topology.detector, frame[channel])
                                                : detect_linked(setup.topology.detector, setup.link, frame);
    if (setup.topology.detector == Detector::rms_box) raw = box.step(raw);
    gain_db.push_back(compressor_gain_db(setup.topology, setup.model, raw, state));
  }
  return gain_db;
}

TEST(GainComputer, equals_the_formulas_on_double_in_every_topology_and_on_every_instruction_set) {
  for (const std::size_t channels : {1, 2, 3}) {
    const auto audio = bursts(channels, 2000);
    for (const GainComputerSetup& setup : setups()) {
      const auto expected = twin(setup, audio, channels - 1);
      for (const Simd simd : {Simd::baseline, best_simd()}) {
        GainComputer computer;
        computer.prepare(static_cast<int>(channels), 100, simd);
        computer.start(setup);
        const auto gain_db = run(computer, audio, [](std::size_t at) { return 1 + at % 64; });
        for (std::size_t i = 0; i < expected.size(); ++i)
          ASSERT_NEAR(gain_db.back()[i], expected[i], 1e-7) << i;
      }
    }
  }
}

// To the last bit, also where a block ends within a pair of frames.
TEST(GainComputer, gives_the_same_bits_for_every_split) {
  const auto audio = bursts(2, 1000);
  for (const GainComputerSetup& setup : setups()) {
    std::vector<std::vector<std::vector<double>>> played;
    for (const std::size_t block : {1, 2, 7, 64}) {
      GainComputer computer;
      computer.prepare(2, 100);
      computer.start(setup);
      played.push_back(run(computer, audio, [block](std::size_t) { return block; }));
    }
    for (const auto& other : played) ASSERT_EQ(other, played[0]);
  }
}

TEST(GainStage, is_the_formula_on_every_instruction_set) {
  std::vector<double> gain_db, makeup_db, mix;
  for (int i = 0; i < 63; ++i)
    gain_db.push_back(-0.9 * i), makeup_db.push_back(0.5 * i), mix.push_back(i / 62.0);
  for (const Simd simd : {Simd::baseline, best_simd()}) {
    std::vector<double> gains = gain_db, held(63);
    gains_from_db({gains, gains, makeup_db, mix}, simd);
    std::vector<float> samples(63, 0.3F);
    apply_gains(gains, samples, simd);
    for (std::size_t i = 0; i < 63; ++i) {
      const double expected = compressor_gain(gain_db[i], makeup_db[i], mix[i]);
      EXPECT_NEAR(gains[i], expected, 3e-9 * expected);
      EXPECT_EQ(samples[i], static_cast<float>(0.3F * gains[i]));
    }
    // One make-up and one mix for all frames.
    gains_from_db({gain_db, held, {&makeup_db[20], 1}, {&mix[20], 1}}, simd);
    EXPECT_EQ(held[20], gains[20]);
    EXPECT_NEAR(held[62], compressor_gain(gain_db[62], makeup_db[20], mix[20]), 1e-9);
  }
}

TEST(GainStage, finds_the_largest_magnitude_of_either_sign_wherever_it_stands) {
  for (const Simd simd : {Simd::baseline, best_simd()}) {
    EXPECT_EQ(largest_magnitude({}, simd), 0.0F);
    for (std::size_t at = 0; at < 70; ++at) {
      std::vector<float> samples(70, 0.25F);
      samples[at] = at % 2 == 0 ? -0.75F : 1e30F;
      EXPECT_EQ(largest_magnitude(samples, simd), std::abs(samples[at]));
    }
  }
}

}  // namespace
}  // namespace aapp::dsp
