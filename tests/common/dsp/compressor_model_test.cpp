#include "common/dsp/compressor_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace aapp::dsp {
namespace {

constexpr double kRateHz = 48000.0;

CompressorModel<double> model(double attack_ms, double release_ms) {
  return {.curve = {.threshold_db = -24.0, .slope = ratio_to_slope(4.0), .knee_db = 6.0},
          .poles = {time_constant_to_pole(attack_ms, kRateHz), time_constant_to_pole(release_ms, kRateHz)},
          .rms_pole = time_constant_to_pole(10.0, kRateHz)};
}

std::vector<CompressorTopology> every_topology() {
  std::vector<CompressorTopology> all;
  for (const Detector detector : {Detector::peak, Detector::rms}) {
    for (int smoothing = 0; smoothing < 4; ++smoothing) {
      for (const Ballistics ballistics : {Ballistics::branching, Ballistics::decoupled}) {
        all.push_back({detector, static_cast<Smoothing>(smoothing), ballistics});
      }
    }
  }
  return all;
}

// The definition of the paper and of effects/compressor.h, with its own logarithms and poles, one topology at
// a time.
class Twin {
 public:
  explicit Twin(const CompressorTopology& topology) : topology_(topology) {
    const double rest[] = {0.0, -120.0, 1e-6, 1e-12};
    y_ = y1_ = rest[static_cast<int>(topology.smoothing)];
  }
  double gain_db(double x, double attack_s, double release_s) {
    const double a = std::exp(-1.0 / (attack_s * kRateHz));
    const double r = std::exp(-1.0 / (release_s * kRateHz));
    double amplitude = std::fabs(x);
    if (topology_.detector == Detector::rms) {
      const double p = std::exp(-1.0 / (0.010 * kRateHz));
      mean_ = p * mean_ + (1.0 - p) * x * x;
      amplitude = std::sqrt(mean_);
    }
    amplitude = std::max(amplitude, 1e-6);
    switch (topology_.smoothing) {
      case Smoothing::gain_db:
        return -follow(-static_gain(20.0 * std::log10(amplitude)), a, r);
      case Smoothing::level_db:
        return static_gain(follow(20.0 * std::log10(amplitude), a, r));
      case Smoothing::level_linear:
        return static_gain(20.0 * std::log10(follow(amplitude, a, r)));
      case Smoothing::level_power:
        return static_gain(10.0 * std::log10(follow(amplitude * amplitude, a, r)));
    }
    return 0.0;
  }

 private:
  static double static_gain(double level_db) {
    const double threshold = -24.0, ratio = 4.0, knee = 6.0;
    double out = level_db;
    if (2.0 * (level_db - threshold) > knee) {
      out = threshold + (level_db - threshold) / ratio;
    } else if (2.0 * std::fabs(level_db - threshold) <= knee) {
      out = level_db + (1.0 / ratio - 1.0) * std::pow(level_db - threshold + knee / 2.0, 2.0) / (2.0 * knee);
    }
    return out - level_db;
  }
  double follow(double x, double a, double r) {
    if (topology_.ballistics == Ballistics::branching) {
      y_ = x > y_ ? a * y_ + (1.0 - a) * x : r * y_ + (1.0 - r) * x;
    } else {
      y1_ = std::max(x, r * y1_ + (1.0 - r) * x);
      y_ = a * y_ + (1.0 - a) * y1_;
    }
    return y_;
  }

  CompressorTopology topology_;
  double y_ = 0.0, y1_ = 0.0, mean_ = 0.0;
};

TEST(CompressorModel, every_topology_equals_a_twin_written_from_the_definition) {
  for (const CompressorTopology& topology : every_topology()) {
    Twin twin(topology);
    auto state = released_state<double>(topology.smoothing);
    std::mt19937 random(7);
    std::normal_distribution<double> normal(0.0, 0.3);
    double worst = 0.0;
    for (int i = 0; i < 20000; ++i) {
      const double burst = (i / 4000) % 2 == 0 ? 1.0 : 0.01;
      const double x = i < 100 ? 0.0 : burst * normal(random);
      const double ours = compressor_gain_db(topology, model(5.0, 80.0), detect(topology.detector, x), state);
      worst = std::max(worst, std::abs(ours - twin.gain_db(x, 0.005, 0.080)));
    }
    EXPECT_LT(worst, 1e-9) << static_cast<int>(topology.detector) << static_cast<int>(topology.smoothing)
                           << static_cast<int>(topology.ballistics);
  }
}

TEST(CompressorModel, a_settled_level_gets_the_static_curve_in_every_topology) {
  for (const CompressorTopology& topology : every_topology()) {
    for (const double level_db : {-60.0, -27.0, -25.0, -24.0, -22.0, -21.0, -12.0, 0.0, 20.0}) {
      auto state = released_state<double>(topology.smoothing);
      const auto m = model(1.0, 10.0);
      double gain_db = 0.0;
      for (int i = 0; i < 48000; ++i) {
        gain_db = compressor_gain_db(topology, m, detect(topology.detector, db_to_gain(level_db)), state);
      }
      EXPECT_NEAR(gain_db, gain_curve_db(m.curve, level_db), 1e-9);
    }
  }
}

// The time constant's convention: what is smoothed covers 1 - 1/e of its step in attack_ms, and in
// release_ms.
TEST(CompressorModel, attack_and_release_reach_1_minus_1_over_e_on_time) {
  const CompressorTopology topology{Detector::peak, Smoothing::gain_db, Ballistics::branching};
  const double attack_ms = 12.5;
  const double release_ms = 150.0;
  const auto m = model(attack_ms, release_ms);
  auto state = released_state<double>(topology.smoothing);
  const double full_db = gain_curve_db(m.curve, 0.0);
  const double part = 1.0 - std::exp(-1.0);
  double gain_db = 0.0;
  for (int i = 0; i < ms_to_frames(attack_ms, kRateHz); ++i)
    gain_db = compressor_gain_db(topology, m, 1.0, state);
  EXPECT_NEAR(gain_db, part * full_db, 1e-9);
  for (int i = 0; i < 48000; ++i) gain_db = compressor_gain_db(topology, m, 1.0, state);
  for (int i = 0; i < ms_to_frames(release_ms, kRateHz); ++i)
    gain_db = compressor_gain_db(topology, m, 0.0, state);
  EXPECT_NEAR(gain_db, (1.0 - part) * full_db, 1e-9);
}

TEST(CompressorModel, decoupled_attack_lengthens_release) {
  const auto m = model(20.0, 50.0);
  const auto release_after = [&m](Ballistics ballistics) {
    const CompressorTopology topology{Detector::peak, Smoothing::gain_db, ballistics};
    auto state = released_state<double>(topology.smoothing);
    double gain_db = 0.0;
    for (int i = 0; i < 48000; ++i) gain_db = compressor_gain_db(topology, m, 1.0, state);
    for (int i = 0; i < 2400; ++i) gain_db = compressor_gain_db(topology, m, 0.0, state);
    return gain_db;
  };
  EXPECT_LT(release_after(Ballistics::decoupled), release_after(Ballistics::branching) - 1.0);
}

TEST(CompressorModel, a_constant_signal_reads_the_same_to_peak_and_rms_and_a_sine_3_db_less) {
  const auto settled = [](Detector detector, auto&& sample) {
    const CompressorTopology topology{detector, Smoothing::level_power, Ballistics::branching};
    auto m = model(200.0, 200.0);
    m.rms_pole = time_constant_to_pole(200.0, kRateHz);
    m.curve = {.threshold_db = -100.0, .slope = 1.0, .knee_db = 0.0};  // gain = -100 - level
    auto state = released_state<double>(topology.smoothing);
    double gain_db = 0.0;
    for (int i = 0; i < 200000; ++i)
      gain_db = compressor_gain_db(topology, m, detect(detector, sample(i)), state);
    return -100.0 - gain_db;
  };
  const auto constant = [](int) { return 0.5; };
  const auto sine = [](int i) { return std::sin(2.0 * kPi * 1000.0 * i / kRateHz); };
  EXPECT_NEAR(settled(Detector::peak, constant), settled(Detector::rms, constant), 1e-6);
  EXPECT_NEAR(settled(Detector::rms, sine), power_to_db(0.5), 0.02);
}

TEST(CompressorModel, silence_and_levels_below_the_floor_ask_for_nothing_and_stay_finite) {
  for (const CompressorTopology& topology : every_topology()) {
    auto m = model(0.01, 0.1);
    m.curve.threshold_db = -80.0;
    auto state = released_state<double>(topology.smoothing);
    const auto gain_db = [&](double x) {
      return compressor_gain_db(topology, m, detect(topology.detector, x), state);
    };
    for (const double x : {0.0, 5e-324, 1e-310, 1e-30, 1e-7}) EXPECT_EQ(gain_db(x), 0.0);
    for (const double x : {1e3, 0.0, -1e3, 5e-324, 1e-310}) EXPECT_TRUE(std::isfinite(gain_db(x)));
  }
}

TEST(LevelDetector, links_by_the_largest_or_the_mean) {
  const double frame[] = {-0.5, 0.25, 0.0};
  EXPECT_DOUBLE_EQ(detect_linked(Detector::peak, StereoLink::max, frame), 0.5);
  EXPECT_DOUBLE_EQ(detect_linked(Detector::peak, StereoLink::mean, frame), 0.25);
  EXPECT_DOUBLE_EQ(detect_linked(Detector::rms, StereoLink::max, frame), 0.25);
  EXPECT_DOUBLE_EQ(detect_linked(Detector::rms, StereoLink::mean, frame), 0.3125 / 3.0);
}

TEST(GainCurve, is_inverted_by_level_for_gain) {
  for (const double knee_db : {0.0, 6.0, 40.0}) {
    const GainCurve<double> curve{.threshold_db = -30.0, .slope = 0.75, .knee_db = knee_db};
    for (const double gain_db : {-0.001, -1.0, -2.25, -3.0, -20.0}) {
      EXPECT_NEAR(gain_curve_db(curve, level_for_gain_db(curve, gain_db)), gain_db, 1e-12);
    }
    EXPECT_DOUBLE_EQ(level_for_gain_db(curve, 0.0), -30.0 - knee_db / 2.0);
  }
}

TEST(CompressorModel, a_translated_state_keeps_the_gain) {
  const auto m = model(5.0, 80.0);
  for (const CompressorTopology& from : every_topology()) {
    auto state = released_state<double>(from.smoothing);
    double gain_db = 0.0;
    for (int i = 0; i < 2000; ++i) gain_db = compressor_gain_db(from, m, detect(from.detector, 0.3), state);
    for (const CompressorTopology& to : every_topology()) {
      const double value = translated_state(from, to, m.curve, state).ballistics.smoothed;
      const double there = to.smoothing == Smoothing::gain_db
                               ? -value
                               : gain_curve_db(m.curve, domain_to_db(to.smoothing, value));
      EXPECT_NEAR(there, gain_db, 1e-9);
    }
  }
}

TEST(CompressorModel, mix_blends_amplitudes) {
  EXPECT_DOUBLE_EQ(compressor_gain(-6.0, 0.0, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(compressor_gain(-6.0, 6.0, 1.0), 1.0);
  EXPECT_DOUBLE_EQ(compressor_gain(-20.0, 0.0, 0.5), 0.55);
}

}  // namespace
}  // namespace aapp::dsp
