#include "analyze/fit/joint_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/eq_tangents.h"
#include "analyze/fit/topology.h"
#include "analyze/fit/topology_search.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

effects::EqParams equaliser() {
  return {.bands = {{.type = dsp::BandType::low_shelf, .frequency_hz = 250.0, .gain_db = 4.0, .q = 0.7},
                    {.type = dsp::BandType::peak, .frequency_hz = 1200.0, .gain_db = -5.0, .q = 1.5},
                    {.type = dsp::BandType::high_shelf, .frequency_hz = 4000.0, .gain_db = 3.0, .q = 0.7}}};
}

// With bands whose zeros lie on the unit circle.
effects::EqParams equaliser_with_passes() {
  effects::EqParams eq = equaliser();
  eq.bands[0] = {.type = dsp::BandType::high_pass, .frequency_hz = 150.0, .q = 0.9};
  eq.bands[2] = {.type = dsp::BandType::low_pass, .frequency_hz = 4000.0, .q = 0.7};
  return eq;
}

PairExcerpt pair_of(const ChainModel& truth, int channels, double seconds) {
  PairExcerpt pair;
  pair.rate_hz = kRate;
  pair.dry = test::bursts(channels, seconds, kRate, 21);
  pair.wet = run_model(truth, pair.dry, kRate);
  return pair;
}

// Coordinates of a model in the order of ChainResiduals, and the sum of squares at such coordinates.
struct Coordinates {
  ChainModel shape;
  std::vector<double> value;

  explicit Coordinates(const ChainModel& model) : shape(model), value(band_coordinates(model.eq)) {
    const CompressorPoint point = to_point(model.compressor);
    value.insert(value.end(), point.begin(), point.end());
  }
  NormalEquations at(const ChainResiduals& residuals, const std::vector<double>& values) const {
    ChainModel model = shape;
    const std::size_t bands = values.size() - kCompressorCoordinates;
    set_band_coordinates(std::span(values).first(bands), model.eq);
    CompressorPoint point{};
    std::copy(values.begin() + static_cast<std::ptrdiff_t>(bands), values.end(), point.begin());
    return residuals.at(model, point);
  }
};

TEST(ChainResiduals, GradientIsThatOfFiniteDifferencesInEveryTopologyAndOrder) {
  for (const ChainKind kind : {ChainKind::eq_then_compressor, ChainKind::compressor_then_eq}) {
    int turn = 0;
    for (effects::CompressorParams params : test::all_topologies()) {
      params.stereo_link = static_cast<dsp::StereoLink>(turn++ % 4);
      // Compressor first: the same recursion without a driver's coordinates; some topologies will do.
      if (kind == ChainKind::compressor_then_eq && turn % 5 != 0) continue;
      params.knee_db = 20.0;  // no edges: differences see smooth curves
      params.rms_window_ms = 8.02;
      const effects::EqParams eq = turn % 2 == 0 ? equaliser() : equaliser_with_passes();
      ChainModel truth{.kind = kind, .eq = eq, .gain_db = 0.0, .compressor = params};
      const PairExcerpt pair = pair_of(truth, 2, 0.6);
      ChainModel off = truth;
      off.eq.bands[1].gain_db += 1.0;
      off.compressor.threshold_db += 1.0;
      const ChainResiduals residuals(pair, kind, {.noise = 1e-4, .relative = 0.0}, 1);
      const Coordinates at(off);
      const NormalEquations here = at.at(residuals, at.value);
      for (std::size_t k = 0; k < at.value.size(); ++k) {
        constexpr double kStep = 1e-5;
        std::vector<double> above = at.value, below = at.value;
        above[k] += kStep, below[k] -= kStep;
        const double difference =
            (at.at(residuals, above).sum_squares - at.at(residuals, below).sum_squares) / (4.0 * kStep);
        const auto i = static_cast<Eigen::Index>(k);
        const double scale = std::sqrt(here.normal(i, i) * here.sum_squares);
        // A box window is moved in steps of interpolated frames: its differences are rough.
        const bool rough = params.detector == dsp::Detector::rms_box;
        EXPECT_NEAR(here.gradient(i), difference, (rough ? 0.05 : 0.01) * scale + 1e-9)
            << topology_text(params, 2) << ", coordinate " << k;
      }
    }
  }
}

// Long enough for two parts, in steps of some frames.
TEST(ChainResiduals, SumAloneIsThatOfTheNormalEquations) {
  for (const ChainKind kind : {ChainKind::eq_then_compressor, ChainKind::compressor_then_eq}) {
    int turn = 0;
    for (effects::CompressorParams params : test::all_topologies()) {
      params.stereo_link = static_cast<dsp::StereoLink>(turn++ % 4);
      if (turn % 5 != 0) continue;
      const ChainModel truth{.kind = kind, .eq = equaliser(), .gain_db = 0.0, .compressor = params};
      const PairExcerpt pair = pair_of(truth, 2, 9.0);
      ChainModel off = truth;
      off.eq.bands[1].gain_db += 1.0;
      off.compressor.threshold_db += 1.0;
      const ChainResiduals residuals(pair, kind, {.noise = 1e-6, .relative = 0.01}, 4);
      const CompressorPoint point = to_point(off.compressor);
      const double sum = residuals.at(off, point).sum_squares;
      EXPECT_GT(sum, 0.0);
      EXPECT_NEAR(residuals.sum_squares(off, point) / sum, 1.0, 1e-4) << topology_text(params, 2);
    }
  }
}

void expect_recovery(ChainKind kind, const effects::EqParams& eq) {
  const ChainModel truth{.kind = kind, .eq = eq, .gain_db = 0.0, .compressor = test::all_topologies()[0]};
  PairExcerpt pair = pair_of(truth, 1, 4.0);
  test::quantise_16_bit(pair.wet);
  ChainModel start = truth;
  start.eq.bands[0].frequency_hz *= 1.2, start.eq.bands[1].frequency_hz = 1000.0, start.eq.bands[2].q = 1.0;
  start.compressor.threshold_db = -20.0, start.compressor.ratio = 3.0, start.compressor.attack_ms = 9.0;
  ErrorModel error{.noise = 1e-9, .relative = 0.05};
  JointFit fit = fit_jointly(pair, start, error, {.max_iterations = 30});
  fit = fit_jointly(pair, fit.model, estimate_chain_error(fit.model, pair), {.max_iterations = 30});
  for (std::size_t b = 0; b < truth.eq.bands.size(); ++b) {
    EXPECT_NEAR(fit.model.eq.bands[b].gain_db, truth.eq.bands[b].gain_db, 0.01);
    EXPECT_NEAR(fit.model.eq.bands[b].frequency_hz / truth.eq.bands[b].frequency_hz, 1.0, 0.003);
  }
  EXPECT_NEAR(fit.model.compressor.threshold_db, truth.compressor.threshold_db, 0.02);
  EXPECT_NEAR(fit.model.compressor.ratio / truth.compressor.ratio, 1.0, 0.003);
  EXPECT_NEAR(fit.model.compressor.attack_ms / truth.compressor.attack_ms, 1.0, 0.003);
  EXPECT_NEAR(fit.model.compressor.release_ms / truth.compressor.release_ms, 1.0, 0.003);
}

TEST(JointFit, RecoversBothFromAStartThatIsOff) {
  for (const ChainKind kind : {ChainKind::eq_then_compressor, ChainKind::compressor_then_eq}) {
    expect_recovery(kind, equaliser());
    expect_recovery(kind, equaliser_with_passes());
  }
}

// At its bound the knee stays, and the rest moves on without it.
TEST(JointFit, MovesOnFromAHardKnee) {
  ChainModel truth{.kind = ChainKind::compressor_then_eq,
                   .eq = equaliser(),
                   .gain_db = 0.0,
                   .compressor = test::all_topologies()[0]};
  truth.compressor.knee_db = 0.0;
  const PairExcerpt pair = pair_of(truth, 1, 3.0);
  for (const double threshold_db : {-1.0, -0.2, 0.2, 1.0}) {
    ChainModel off = truth;
    off.compressor.threshold_db += threshold_db, off.compressor.attack_ms *= 1.1;
    const ErrorModel error = estimate_chain_error(off, pair);
    const ChainModel found = fit_jointly(pair, off, error, {.max_iterations = 4}).model;
    EXPECT_LT(model_error(found, pair), 1e-4 * model_error(off, pair)) << threshold_db;
  }
}

}  // namespace
}  // namespace aapp::fit
