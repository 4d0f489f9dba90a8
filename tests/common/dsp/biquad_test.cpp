#include <gtest/gtest.h>

#include <complex>
#include <random>

#include "common/dsp/biquad_cascade.h"
#include "common/dsp/biquad_response.h"

namespace aapp::dsp {
namespace {

using Coefficients = BiquadCoefficients<double>;
constexpr double kRateHz = 48000.0;

// RBJ's cookbook, written again from the paper with complex arithmetic: the analogue prototype H(s) at the
// frequency that the bilinear transform maps to f_hz.
double prototype_db(BandType type, double f0_hz, double gain_db, double q, double f_hz) {
  using namespace std::complex_literals;
  const std::complex<double> s = 1.0i * std::tan(kPi * f_hz / kRateHz) / std::tan(kPi * f0_hz / kRateHz);
  const double a = std::pow(10.0, gain_db / 40.0);
  const auto level = [](std::complex<double> h) { return 20.0 * std::log10(std::abs(h)); };
  switch (type) {
    case BandType::peak:
      return level((s * s + s * (a / q) + 1.0) / (s * s + s / (a * q) + 1.0));
    case BandType::low_shelf:
      return level(a * (s * s + std::sqrt(a) / q * s + a) / (a * s * s + std::sqrt(a) / q * s + 1.0));
    case BandType::high_shelf:
      return level(a * (a * s * s + std::sqrt(a) / q * s + 1.0) / (s * s + std::sqrt(a) / q * s + a));
    case BandType::low_pass:
      return level(1.0 / (s * s + s / q + 1.0));
    case BandType::high_pass:
      return level(s * s / (s * s + s / q + 1.0));
    case BandType::band_pass:
      return level(s / q / (s * s + s / q + 1.0));
    case BandType::notch:
      return level((s * s + 1.0) / (s * s + s / q + 1.0));
    case BandType::all_pass:
      return level((s * s - s / q + 1.0) / (s * s + s / q + 1.0));
  }
  return 0.0;
}

TEST(BiquadDesign, is_the_bilinear_transform_of_the_cookbooks_prototypes) {
  for (int type = 0; type < 8; ++type) {
    for (const double f0_hz : {20.0, 440.0, 9000.0, 20000.0}) {
      for (const double q : {0.3, 0.7071, 8.0}) {
        for (const double gain_db : {-24.0, 3.0, 18.0}) {
          const auto k = design_biquad(static_cast<BandType>(type), f0_hz, gain_db, q, kRateHz);
          for (const double f_hz : {11.0, 19.0, 450.0, 5000.0, 21000.0}) {
            const double expected = prototype_db(static_cast<BandType>(type), f0_hz, gain_db, q, f_hz);
            ASSERT_NEAR(response_db(k, response_phi(f_hz, kRateHz)), expected, 1e-6)
                << kBandTypeNames[static_cast<std::size_t>(type)] << ' ' << f0_hz << ' ' << q << ' '
                << gain_db;
          }
        }
      }
    }
  }
}

TEST(BiquadDesign, a_shelf_has_half_its_gain_in_db_at_its_frequency_and_a_peak_all_of_it) {
  const double phi = response_phi(1000.0, kRateHz);
  for (const double q : {0.4, 0.9}) {
    EXPECT_NEAR(response_db(design_biquad(BandType::low_shelf, 1000.0, 12.0, q, kRateHz), phi), 6.0, 1e-9);
    EXPECT_NEAR(response_db(design_biquad(BandType::high_shelf, 1000.0, -8.0, q, kRateHz), phi), -4.0, 1e-9);
    EXPECT_NEAR(response_db(design_biquad(BandType::peak, 1000.0, 7.0, q, kRateHz), phi), 7.0, 1e-9);
    EXPECT_NEAR(response_db(design_biquad(BandType::low_pass, 1000.0, 0.0, q, kRateHz), phi), gain_to_db(q),
                1e-9);
  }
}

TEST(BiquadDesign, opposite_gains_cancel) {
  for (const BandType type : {BandType::peak, BandType::low_shelf, BandType::high_shelf}) {
    const auto up = design_biquad(type, 700.0, 9.0, 1.3, kRateHz);
    const auto down = design_biquad(type, 700.0, -9.0, 1.3, kRateHz);
    for (double f_hz = 20.0; f_hz < 24000.0; f_hz *= 1.5) {
      const double phi = response_phi(f_hz, kRateHz);
      EXPECT_NEAR(response_db(up, phi) + response_db(down, phi), 0.0, 1e-9);
    }
  }
}

std::vector<Coefficients> random_sections(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> part(0.0, 1.0);
  std::vector<Coefficients> sections;
  for (std::size_t i = 0; i < count; ++i) {
    const auto type = static_cast<BandType>(random() % 3);
    sections.push_back(design_biquad(type, 30.0 * std::pow(600.0, part(random)), 12.0 * part(random) - 6.0,
                                     0.4 * std::pow(10.0, part(random)), kRateHz));
  }
  return sections;
}

std::vector<std::vector<float>> noise(std::size_t channels, std::size_t frames) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::vector<std::vector<float>> x(channels, std::vector<float>(frames));
  for (auto& channel : x) {
    for (float& sample : channel) sample = uniform(random);
  }
  return x;
}

void process(BiquadCascade& cascade, std::vector<std::vector<float>>& audio, std::size_t first,
             std::size_t frames) {
  std::vector<float*> pointers;
  for (auto& channel : audio) pointers.push_back(channel.data() + first);
  const std::vector<const float*> in(pointers.begin(), pointers.end());
  cascade.process(in, pointers, frames);
}

// The scalar definition of a cascade: all b0 as one factor, then the sections one by one.
template <MulAdd kHow>
std::vector<float> one_by_one(std::span<const Coefficients> sections, std::span<const float> in) {
  double gain = 1.0;
  std::vector<MonicBiquad<double>> monics;
  for (const Coefficients& section : sections) {
    gain *= divisible_b0(section.b0);
    monics.push_back(monic(section));
  }
  std::vector<BiquadState<double>> state(sections.size());
  std::vector<float> out;
  for (const float sample : in) {
    double x = gain * static_cast<double>(sample);
    for (std::size_t s = 0; s < monics.size(); ++s) x = biquad_step<kHow>(monics[s], state[s], x);
    out.push_back(static_cast<float>(x));
  }
  return out;
}

// On every instruction set of this machine the vector kernel is the scalar definition, bit by bit.
template <MulAdd kHow>
void expect_equals_scalar(Simd simd) {
  for (const std::size_t channels : {1, 2, 3, 4, 5, 8}) {
    for (std::size_t count = 0; count <= BiquadCascade::kMaxSections; ++count) {
      const auto sections = random_sections(count, static_cast<unsigned>(count));
      BiquadCascade cascade;
      cascade.prepare(static_cast<int>(channels), simd);
      cascade.set(sections);
      auto audio = noise(channels, 700);
      const auto in = audio;
      process(cascade, audio, 0, 1);  // odd pieces too
      process(cascade, audio, 1, 67);
      process(cascade, audio, 68, 632);
      for (std::size_t c = 0; c < channels; ++c) {
        ASSERT_EQ(audio[c], one_by_one<kHow>(sections, in[c]))
            << channels << " channels, " << count << " sections";
      }
    }
  }
}

TEST(BiquadCascade, equals_sections_run_one_by_one_on_baseline_instructions) {
  expect_equals_scalar<kBaselineMulAdd>(Simd::baseline);
}

TEST(BiquadCascade, equals_sections_run_one_by_one_on_the_best_instructions) {
  const Simd best = best_simd();
  if (best == Simd::baseline) expect_equals_scalar<kBaselineMulAdd>(best);
  if (best == Simd::avx2) expect_equals_scalar<MulAdd::fused>(best);
}

// Taking b0 out of the sections costs nothing that a float shows, a sixtieth of the rounding of full scale,
// also where b0 is tiny (low-pass filters) or none at all (an all-pass whose alpha is 1).
TEST(BiquadCascade, is_the_sections_with_their_b0_in_place) {
  std::vector<std::vector<Coefficients>> rows{random_sections(10, 7), random_sections(32, 8)};
  rows.push_back(std::vector(6, design_biquad(BandType::low_pass, 300.0, 0.0, 0.7, kRateHz)));
  rows.push_back({design_biquad(BandType::all_pass, kRateHz / 4.0, 0.0, 0.5, kRateHz)});
  ASSERT_NEAR(rows.back()[0].b0, 0.0, 1e-15);
  const auto in = noise(1, 48000);
  for (const auto& sections : rows) {
    double gain = 1.0;
    std::vector<BiquadState<double>> state(sections.size()), monic_state(sections.size());
    for (const Coefficients& section : sections) gain *= divisible_b0(section.b0);
    for (const float sample : in[0]) {
      double x = sample, y = gain * x;
      for (std::size_t s = 0; s < sections.size(); ++s) {
        x = biquad_step(sections[s], state[s], x);
        y = biquad_step(monic(sections[s]), monic_state[s], y);
      }
      ASSERT_NEAR(y, x, 1e-9 + 1e-9 * std::abs(x)) << sections.size() << " sections";
    }
  }
}

// What two machines may disagree by: the rounding of the float output, of the most that went in.
TEST(BiquadCascade, agrees_between_instruction_sets_to_the_last_bits) {
  const auto sections = random_sections(10, 5);
  const auto in = noise(2, 48000);
  const auto played = [&](Simd simd) {
    BiquadCascade cascade;
    cascade.prepare(2, simd);
    cascade.set(sections);
    auto audio = in;
    process(cascade, audio, 0, 48000);
    return audio;
  };
  const auto baseline = played(Simd::baseline), best = played(best_simd());
  for (std::size_t i = 0; i < 48000; ++i) ASSERT_NEAR(best[1][i], baseline[1][i], 3e-7) << i;
}

TEST(BiquadCascade, gives_the_same_bits_for_every_split_and_whatever_runs_beside) {
  const auto sections = random_sections(10, 3);
  const auto in = noise(3, 3000);
  const auto played = [&](std::size_t channels, std::size_t block) {
    BiquadCascade cascade;
    cascade.prepare(static_cast<int>(channels));
    cascade.set(sections);
    std::vector<std::vector<float>> audio(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(channels));
    for (std::size_t at = 0; at < 3000; at += block)
      process(cascade, audio, at, std::min<std::size_t>(block, 3000 - at));
    return audio;
  };
  const auto whole = played(3, 3000);
  for (const std::size_t block : {1, 2, 3, 5, 17, 64, 1021}) EXPECT_EQ(played(3, block), whole) << block;
  EXPECT_EQ(played(1, 64)[0], whole[0]);
  EXPECT_EQ(played(2, 64)[1], whole[1]);
}

// The hardest case for a recursive filter's noise: the response of a 20 Hz band of Q 30 at 192 kHz, by its
// impulse response in double, against the formula.
TEST(BiquadCascade, a_narrow_low_band_at_a_high_rate_keeps_its_shape) {
  const double rate_hz = 192000.0;
  const auto k = design_biquad(BandType::peak, 20.0, 12.0, 30.0, rate_hz);
  BiquadState<double> state;
  std::complex<double> sum = 0.0;
  for (int i = 0; i < 2000000; ++i) {
    sum += biquad_step(k, state, i == 0 ? 1.0 : 0.0) * std::polar(1.0, -2.0 * kPi * 20.0 / rate_hz * i);
  }
  EXPECT_NEAR(gain_to_db(std::abs(sum)), 12.0, 1e-3);
}

TEST(BiquadCascade, tail_is_where_the_impulse_response_has_died_away) {
  EXPECT_EQ(cascade_tail_frames({}), 0);
  // One pole pair of radius r: |h| falls as r^n.
  const Coefficients k{.b0 = 1.0, .a2 = 0.81};
  const auto tail = static_cast<double>(cascade_tail_frames({&k, 1}));
  EXPECT_NEAR(tail, std::log(1e-6 * (1.0 - 0.81)) / std::log(0.9), 3.0);
}

}  // namespace
}  // namespace aapp::dsp
