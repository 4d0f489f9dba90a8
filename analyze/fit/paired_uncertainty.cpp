#include "analyze/fit/paired_uncertainty.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "analyze/fit/band_bounds.h"
#include "analyze/fit/chain_moves.h"
#include "analyze/fit/chain_residuals.h"
#include "analyze/fit/param_range.h"

namespace aapp::fit {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr auto kCoordinates = static_cast<Eigen::Index>(kCompressorCoordinates);

constexpr double kUsefulGainDb = 1.0;
// A gain that never falls (or rises) by more than this says nothing of the attack (or the release): ripple.
constexpr double kLeastMoveDb = 0.2;
// A threshold and a make-up that can stand in for each other are no recovery.
constexpr double kUsefulLevelDb = 0.5;

// From the solver's coordinates, of which those of the compressor are the last, to reported parameters: ln
// ratio and make-up in place of slope and offset.
Matrix to_reported(const effects::CompressorParams& params, Eigen::Index coordinates) {
  Matrix all = Matrix::Identity(coordinates, coordinates);
  auto m = all.bottomRightCorner(kCoordinates, kCoordinates);
  m(kSlope, kSlope) = params.ratio;  // d ln ratio / d slope
  m(kOffsetDb, kThresholdDb) = -dsp::ratio_to_slope(params.ratio);
  m(kOffsetDb, kSlope) = -params.threshold_db;
  return all;
}

std::vector<FittedParameter> band_parameters(const effects::EqParams& eq, const PairedFitOptions& options,
                                             const std::string& node) {
  std::vector<FittedParameter> all;
  for (std::size_t b = 0; b < eq.bands.size(); ++b) {
    const effects::EqBand& band = eq.bands[b];
    const std::string name = fmt::format("{}/params/bands/{}/", node, b);
    all.push_back({name + "frequency_hz", band.frequency_hz, Coordinate::logarithmic, options.frequency_hz,
                   std::log(2.0)});
    all.push_back({name + "gain_db",
                   band.gain_db,
                   Coordinate::linear,
                   {-options.max_gain_db, options.max_gain_db},
                   3.0});
    all.push_back({name + "q", band.q, Coordinate::logarithmic, {kLowestQ, options.max_q}, std::log(2.0)});
  }
  return all;
}

// A pass has none.
void erase_gains_of_passes(const effects::EqParams& eq, const std::string& node, UncertaintyReport& report) {
  for (std::size_t b = 0; b < eq.bands.size(); ++b) {
    if (dsp::has_gain(eq.bands[b].type)) continue;
    const std::string name = fmt::format("{}/params/bands/{}/gain_db", node, b);
    std::erase_if(report.parameters, [&](const ParameterEstimate& p) { return p.name == name; });
  }
}

// The sandwich: how parameters scatter when scores scatter as these segments' do. No parameter is called more
// certain than independent residuals would make it.
Covariance sandwich(const NormalEquations& sums) {
  const auto segments = static_cast<double>(sums.segment_scores.size());
  const auto count = static_cast<double>(sums.normal.rows());
  Matrix scatter = Matrix::Zero(sums.normal.rows(), sums.normal.cols());
  for (const Vector& score : sums.segment_scores) scatter += score * score.transpose();
  scatter *= segments / std::max(1.0, segments - count);
  const double variance = sums.sum_squares / std::max(1.0, static_cast<double>(sums.residuals) - count);
  const Covariance inverse = invert_information(sums.normal, 1.0);
  Covariance out{.matrix = inverse.matrix * scatter * inverse.matrix,
                 .undetermined = inverse.undetermined,
                 .scale = inverse.scale};
  Vector widen = Vector::Ones(out.matrix.rows());
  for (Eigen::Index i = 0; i < widen.rows(); ++i) {
    if (out.matrix(i, i) > 0.0)
      widen(i) = std::max(1.0, std::sqrt(variance * inverse.matrix(i, i) / out.matrix(i, i)));
  }
  out.matrix = widen.asDiagonal() * out.matrix * widen.asDiagonal();
  return out;
}

// The covariance of linear combinations. One of undetermined parameters can be determined: below the
// threshold neither that nor the offset is known, but their sum, the make-up.
Covariance transform(const Matrix& to, const Covariance& from) {
  constexpr double kCancels = 1e-4;
  Covariance out{.matrix = to * from.matrix * to.transpose(),
                 .undetermined = to * from.undetermined,
                 .scale = to.cwiseAbs() * from.scale};
  const Matrix terms = to.cwiseAbs() * from.undetermined.cwiseAbs();
  out.undetermined = (out.undetermined.cwiseAbs().array() > kCancels * terms.array())
                         .select(out.undetermined, Matrix::Zero(terms.rows(), terms.cols()));
  return out;
}

std::vector<FittedParameter> compressor_parameters(const effects::CompressorParams& p,
                                                   const std::string& node) {
  const auto one = [&](std::string_view id, double value, Coordinate coordinate, double useful) {
    return FittedParameter{fmt::format("{}/params/{}", node, id), value, coordinate,
                           param_range(effects::kCompressorTable, id), useful};
  };
  const double factor_two = std::log(2.0), factor_half_again = std::log(1.5);
  std::vector<FittedParameter> all{
      one("threshold_db", p.threshold_db, Coordinate::linear, kUsefulLevelDb),
      one("knee_db", p.knee_db, Coordinate::linear, 6.0),
      one("attack_ms", p.attack_ms, Coordinate::logarithmic, factor_two),
      one("release_ms", p.release_ms, Coordinate::logarithmic, factor_two),
      one("rms_window_ms", p.rms_window_ms, Coordinate::logarithmic, factor_two),
      one("ratio", p.ratio, Coordinate::logarithmic, factor_half_again),
      one("makeup_db", p.makeup_db, Coordinate::linear, kUsefulLevelDb),
  };
  all[kKneeDb].bounds.low = -1.0;  // a hard knee is a knee like others
  return all;
}

// How far at most the gain falls, and rises, in what is compared.
struct GainMoves {
  double fall_db = 0.0, rise_db = 0.0;
};

GainMoves gain_moves(const CompressorData& data, const effects::CompressorParams& fitted) {
  GainMoves moves;
  for (const CompressorLane& lane : data.lanes(fitted.stereo_link)) {
    const LevelInput level = lane_input(lane, fitted, fitted.rms_window_ms, data.rate_hz());
    const std::vector<float> gain_db = predict_gain_db(fitted, to_point(fitted), level, data.rate_hz());
    double highest = -1e300, lowest = 1e300;
    for (std::size_t n = data.warm_up_blocks() * lane.gain.block_frames; n < gain_db.size(); ++n) {
      const double now = gain_db[n];
      highest = std::max(highest, now), lowest = std::min(lowest, now);
      moves.fall_db = std::max(moves.fall_db, highest - now);
      moves.rise_db = std::max(moves.rise_db, now - lowest);
    }
  }
  return moves;
}

// A gain that stays where it is tells neither times nor slope, however well the samples hold them.
void doubt_still_gain(const GainMoves& moves, std::vector<ParameterEstimate>& parameters) {
  const auto doubt = [&](std::string_view ending, double moved_db, std::string_view reason) {
    for (ParameterEstimate& p : parameters) {
      if (!p.identified || !p.name.ends_with(ending) || moved_db > kLeastMoveDb) continue;
      p.identified = false;
      p.reason = reason;
    }
  };
  doubt("/attack_ms", moves.fall_db, "the gain hardly falls");
  doubt("/release_ms", moves.rise_db, "the gain hardly rises");
  doubt("/ratio", std::max(moves.fall_db, moves.rise_db), "the gain hardly moves");
}

UncertaintyReport report(const NormalEquations& sums, const std::vector<FittedParameter>& parameters,
                         const effects::CompressorParams& fitted, const CompressorData& data) {
  const Covariance covariance = transform(to_reported(fitted, sums.normal.rows()), sandwich(sums));
  const double degrees =
      std::max(2.0, static_cast<double>(sums.segment_scores.size()) - static_cast<double>(parameters.size()));
  UncertaintyReport out = report_uncertainty(parameters, covariance, degrees);
  doubt_still_gain(gain_moves(data, fitted), out.parameters);
  if (fitted.detector == dsp::Detector::peak) {  // has no window
    std::erase_if(out.parameters,
                  [](const ParameterEstimate& p) { return p.name.ends_with("/rms_window_ms"); });
  }
  return out;
}

// On the curve that a hard knee's derivative is of (compressor_steps.h): there its width and the threshold
// can stand in for each other.
CompressorPoint differentiable(const effects::CompressorParams& fitted) {
  CompressorPoint point = to_point(fitted);
  point[kKneeDb] = std::max(point[kKneeDb], kLeastKneeDb);
  return point;
}

UncertaintyReport without_inner(UncertaintyReport report) {
  const auto inner = [](const std::string& name) { return name == "/level" || name == "/delay"; };
  std::erase_if(report.parameters, [&](const ParameterEstimate& p) { return inner(p.name); });
  std::erase_if(report.strong_correlations,
                [&](const StrongCorrelation& c) { return inner(c.a) || inner(c.b); });
  return report;
}

}  // namespace

UncertaintyReport compressor_uncertainty(const CompressorData& data, const effects::CompressorParams& fitted,
                                         const ErrorModel& error, const std::string& node) {
  return report(curvature(data, fitted, differentiable(fitted), error), compressor_parameters(fitted, node),
                fitted, data);
}

UncertaintyReport chain_uncertainty(const PairExcerpt& excerpt, const ChainModel& fitted,
                                    const PairedFitOptions& options, const ChainNodes& nodes) {
  const ChainResiduals residuals(excerpt, fitted.kind, estimate_chain_error(fitted, excerpt), 1,
                                 options.threads);
  std::vector<FittedParameter> parameters = band_parameters(fitted.eq, options, nodes.eq);
  const std::vector<FittedParameter> more = compressor_parameters(fitted.compressor, nodes.compressor);
  parameters.insert(parameters.end(), more.begin(), more.end());
  const CompressorData data(around_compressor(fitted, excerpt), std::span(&fitted.compressor.stereo_link, 1));
  UncertaintyReport out =
      report(residuals.at(fitted, differentiable(fitted.compressor)), parameters, fitted.compressor, data);
  erase_gains_of_passes(fitted.eq, nodes.eq, out);
  return out;
}

UncertaintyReport eq_uncertainty(const PairedEq& eq, const PairedFitOptions& options,
                                 const std::string& node) {
  UncertaintyProblem problem;
  problem.parameters = band_parameters(eq.eq, options, node);
  problem.parameters.push_back({"/level", eq.gain_db, Coordinate::linear, kFilterLevelDb, kUsefulGainDb});
  problem.parameters.push_back({"/delay", eq.delay_frames, Coordinate::linear, {-1.0, 1.0}, 1.0});
  problem.normal_matrix = eq.normal_matrix;
  problem.independent_residuals = eq.residuals;
  problem.residual_sum_squares = eq.cost * eq.residuals;
  UncertaintyReport out = without_inner(estimate_uncertainty(problem));
  erase_gains_of_passes(eq.eq, node, out);
  return out;
}

}  // namespace aapp::fit
