#include "analyze/fit/compressor_sensitivity.h"

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <numeric>

#include "analyze/fit/compressor_data.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

struct Case {
  audio::AudioBuffer dry, wet;
  std::vector<CompressorLane> lanes;
};

std::vector<CompressorLane> lanes_of(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet,
                                     dsp::StereoLink link) {
  const std::vector<dsp::StereoLink> links{link};
  return CompressorData({.rate_hz = kRate, .dry = dry, .wet = wet}, links).lanes(link);
}

BlockPrediction predict(const effects::CompressorParams& params, const CompressorPoint& point,
                        const CompressorLane& lane, Derivatives derivatives) {
  BlockPrediction out;
  predict_blocks(params, point, lane_input(lane, params, std::exp(point[kLnWindow]), kRate), lane.gain, kRate,
                 derivatives, out);
  return out;
}

TEST(CompressorSensitivity, PredictsWhatTheFormulasDoInEveryTopology) {
  const audio::AudioBuffer dry = test::bursts(2, 1.0, kRate, 7);
  for (effects::CompressorParams params : test::all_topologies()) {
    for (const auto link :
         {dsp::StereoLink::max, dsp::StereoLink::mean, dsp::StereoLink::none, dsp::StereoLink::mid}) {
      params.stereo_link = link;
      const std::vector<CompressorLane> lanes = lanes_of(dry, test::compress(dry, kRate, params), link);
      for (const CompressorLane& lane : lanes) {
        const BlockPrediction out = predict(params, to_point(params), lane, Derivatives::none);
        for (std::size_t b = 0; b < lane.gain.blocks(); ++b) {
          ASSERT_NEAR(out.gain[b], lane.gain.xy[b], 2e-5 * lane.gain.xx[b] + 1e-12) << "block " << b;
        }
      }
    }
  }
}

// The same formulas on numbers that carry derivatives.
using Jet = ceres::Jet<double, kCompressorCoordinates>;

std::vector<Jet> gain_on_jets(const effects::CompressorParams& params, const audio::AudioBuffer& dry) {
  const CompressorPoint point = to_point(params);
  std::array<Jet, kCompressorCoordinates> p;
  for (std::size_t k = 0; k < p.size(); ++k) p[k] = Jet(point[k], static_cast<int>(k));
  const dsp::CompressorTopology topology{params.detector, params.smoothing, params.ballistics};
  const dsp::CompressorModel<Jet> model{.curve = {p[kThresholdDb], p[kSlope], p[kKneeDb]},
                                        .poles = {time_constant_to_pole(exp(p[kLnAttack]), kRate),
                                                  time_constant_to_pole(exp(p[kLnRelease]), kRate)},
                                        .rms_pole = time_constant_to_pole(exp(p[kLnWindow]), kRate)};
  dsp::CompressorState<Jet> state = dsp::released_state<Jet>(params.smoothing);
  const Jet makeup_db = p[kOffsetDb] - p[kSlope] * p[kThresholdDb];
  std::vector<Jet> gain;
  for (const float sample : dry.channel(0)) {
    const Jet raw(static_cast<double>(static_cast<float>(dsp::detect(params.detector, sample))));
    gain.push_back(
        dsp::compressor_gain(dsp::compressor_gain_db(topology, model, raw, state), makeup_db, Jet(1.0)));
  }
  return gain;
}

TEST(CompressorSensitivity, DerivativesAreThoseOfTheFormulasOnJets) {
  const audio::AudioBuffer dry = test::bursts(1, 0.5, kRate, 3);
  for (const effects::CompressorParams& params : test::all_topologies()) {
    if (params.detector == dsp::Detector::rms_box)
      continue;  // its mean is no formula: finite differences below
    const std::vector<Jet> gain = gain_on_jets(params, dry);
    const CompressorLane lane = lanes_of(dry, dry, dsp::StereoLink::max)[0];
    const BlockPrediction out = predict(params, to_point(params), lane, Derivatives::all);
    for (std::size_t b = 0; b < lane.gain.blocks(); ++b) {
      Jet expected(0.0);
      for (std::size_t n = 0; n < lane.gain.block_frames; ++n) {
        const std::size_t at = b * lane.gain.block_frames + n;
        expected += gain[at] * static_cast<double>(lane.gain.energy[at]);
      }
      for (std::size_t k = 0; k < kCompressorCoordinates; ++k) {
        ASSERT_NEAR(out.jacobian[b][k], expected.v[static_cast<int>(k)], 1e-4 * lane.gain.xx[b] + 1e-10)
            << "smoothing " << static_cast<int>(params.smoothing) << " block " << b << " coordinate " << k;
      }
    }
  }
}

// Otherwise a solver would see nothing that a hard knee's width moves.
TEST(UnitCurve, DerivesAHardKneeByAWiderOnesWidth) {
  const UnitCurve hard(-20.0, 0.0), wide(-20.0, kLeastKneeDb);
  double by_level = 0.0, by_hard = 0.0, by_wide = 0.0;
  for (const double level_db : {-21.0, -20.3, -20.0, -19.8, -19.0}) {
    wide(level_db, by_level, by_wide);
    EXPECT_EQ(hard(level_db, by_level, by_hard), std::max(0.0, level_db + 20.0));
    EXPECT_DOUBLE_EQ(by_hard, by_wide) << level_db;
  }
  hard(-20.0, by_level, by_hard);
  EXPECT_GT(by_hard, 0.0);
}

TEST(CompressorSensitivity, TheBoxWindowsDerivativeIsThatOfFiniteDifferences) {
  const audio::AudioBuffer dry = test::bursts(1, 0.5, kRate, 5);
  const CompressorLane lane = lanes_of(dry, dry, dsp::StereoLink::max)[0];
  for (effects::CompressorParams params : test::all_topologies()) {
    if (params.detector != dsp::Detector::rms_box) continue;
    params.knee_db = 20.0;        // no edges: differences see smooth curves
    params.rms_window_ms = 8.02;  // between two whole frames, where the interpolated mean is smooth
    const double step = 1e-4;
    CompressorPoint above = to_point(params), below = above;
    above[kLnWindow] += step, below[kLnWindow] -= step;
    const BlockPrediction out = predict(params, to_point(params), lane, Derivatives::all);
    const BlockPrediction high = predict(params, above, lane, Derivatives::none);
    const BlockPrediction low = predict(params, below, lane, Derivatives::none);
    double error = 0.0, scale = 0.0;
    for (std::size_t b = 0; b < lane.gain.blocks(); ++b) {
      const double difference = (high.gain[b] - low.gain[b]) / (2.0 * step);
      error += std::pow(out.jacobian[b][kLnWindow] - difference, 2);
      scale += std::pow(difference, 2);
    }
    EXPECT_LT(error, 0.02 * 0.02 * scale) << "smoothing " << static_cast<int>(params.smoothing);
  }
}

TEST(CompressorSensitivity, PointsAndParametersAreOneAnothersInverse) {
  const effects::CompressorParams params{.threshold_db = -31.0,
                                         .ratio = 7.5,
                                         .knee_db = 2.0,
                                         .attack_ms = 0.7,
                                         .release_ms = 333.0,
                                         .makeup_db = 4.5,
                                         .rms_window_ms = 22.0};
  const effects::CompressorParams back = to_params(to_point(params), params);
  EXPECT_NEAR(back.threshold_db, params.threshold_db, 1e-12);
  EXPECT_NEAR(back.ratio, params.ratio, 1e-12);
  EXPECT_NEAR(back.attack_ms, params.attack_ms, 1e-12);
  EXPECT_NEAR(back.release_ms, params.release_ms, 1e-9);
  EXPECT_NEAR(back.makeup_db, params.makeup_db, 1e-12);
  EXPECT_NEAR(back.rms_window_ms, params.rms_window_ms, 1e-12);
}

}  // namespace
}  // namespace aapp::fit
