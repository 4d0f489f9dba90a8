#include "analyze/fit/paired_uncertainty.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "analyze/fit/chain_residuals.h"

namespace aapp::fit {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr auto kCoordinates = static_cast<Eigen::Index>(kCompressorCoordinates);

// Directions with less information than this, relative to what each coordinate has alone, are undetermined.
constexpr double kSingular = 1e-13;
// A hard knee has no derivative by its width; the least width at which one is taken.
constexpr double kLeastKneeDb = 1.0;
constexpr double kUsefulGainDb = 1.0;

// From reported parameters (ln ratio, make-up in place of slope and offset) to the solver's coordinates, of
// which those of the compressor are the last.
Matrix to_coordinates(const effects::CompressorParams& params, Eigen::Index coordinates) {
  Matrix all = Matrix::Identity(coordinates, coordinates);
  auto m = all.bottomRightCorner(kCoordinates, kCoordinates);
  m(kSlope, kSlope) = 1.0 / params.ratio;  // d slope / d ln ratio
  m(kOffsetDb, kThresholdDb) = dsp::ratio_to_slope(params.ratio);
  m(kOffsetDb, kSlope) = params.threshold_db / params.ratio;
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

// The information that is left when scores scatter as they do: the inverse of the sandwich on the determined
// directions.
// No parameter is called more certain than independent residuals of this variance would make it.
Matrix sandwich_information(const Matrix& normal, const Matrix& scatter, double variance) {
  Vector scale = Vector::Zero(normal.rows());
  for (int i = 0; i < normal.rows(); ++i) scale(i) = normal(i, i) > 0.0 ? 1.0 / std::sqrt(normal(i, i)) : 0.0;
  const Matrix scaled = scale.asDiagonal() * normal * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(scaled);
  Matrix inverse = Matrix::Zero(normal.rows(), normal.cols());
  for (int k = 0; k < scaled.rows(); ++k) {
    const Vector v = eigen.eigenvectors().col(k);
    if (eigen.eigenvalues()(k) > kSingular) inverse += v * v.transpose() / eigen.eigenvalues()(k);
  }
  Matrix covariance = inverse * (scale.asDiagonal() * scatter * scale.asDiagonal()) * inverse;
  Vector widen = Vector::Ones(normal.rows());
  for (int i = 0; i < widen.rows(); ++i) {
    if (covariance(i, i) > 0.0)
      widen(i) = std::max(1.0, std::sqrt(variance * inverse(i, i) / covariance(i, i)));
  }
  covariance = widen.asDiagonal() * covariance * widen.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> spread(covariance);
  Matrix information = Matrix::Zero(normal.rows(), normal.cols());
  const double largest = spread.eigenvalues().maxCoeff();
  for (int k = 0; k < covariance.rows(); ++k) {
    const Vector v = spread.eigenvectors().col(k);
    if (spread.eigenvalues()(k) > 1e-15 * largest) information += v * v.transpose() / spread.eigenvalues()(k);
  }
  const Vector unscale = scale.unaryExpr([](double s) { return s > 0.0 ? 1.0 / s : 0.0; });
  return unscale.asDiagonal() * information * unscale.asDiagonal();
}

std::vector<FittedParameter> compressor_parameters(const effects::CompressorParams& p,
                                                   const std::string& node) {
  const auto bounds = [](std::string_view id) {
    const effects::ParamSpec* spec = effects::find_param(effects::kCompressorTable, id);
    return Range{spec->min, spec->max};
  };
  const auto one = [&](std::string_view id, double value, Coordinate coordinate, double useful) {
    return FittedParameter{fmt::format("{}/params/{}", node, id), value, coordinate, bounds(id), useful};
  };
  const double factor_two = std::log(2.0), factor_half_again = std::log(1.5);
  std::vector<FittedParameter> all{
      one("threshold_db", p.threshold_db, Coordinate::linear, 3.0),
      one("knee_db", p.knee_db, Coordinate::linear, 6.0),
      one("attack_ms", p.attack_ms, Coordinate::logarithmic, factor_two),
      one("release_ms", p.release_ms, Coordinate::logarithmic, factor_two),
      one("rms_window_ms", p.rms_window_ms, Coordinate::logarithmic, factor_two),
      one("ratio", p.ratio, Coordinate::logarithmic, factor_half_again),
      one("makeup_db", p.makeup_db, Coordinate::linear, 1.0),
  };
  all[kKneeDb].bounds.low = -1.0;  // a hard knee is a knee like others
  return all;
}

// A peak detector has no window.
void drop(UncertaintyProblem& problem, std::size_t index) {
  const std::size_t n = problem.parameters.size();
  std::vector<double> kept;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i != index && j != index) kept.push_back(problem.normal_matrix[i * n + j]);
    }
  }
  problem.normal_matrix = std::move(kept);
  problem.parameters.erase(problem.parameters.begin() + static_cast<std::ptrdiff_t>(index));
}

UncertaintyReport report(const NormalEquations& sums, std::vector<FittedParameter> parameters,
                         const effects::CompressorParams& fitted) {
  Matrix scatter = Matrix::Zero(sums.normal.rows(), sums.normal.cols());
  for (const Vector& score : sums.segment_scores) scatter += score * score.transpose();
  const auto segments = static_cast<double>(sums.segment_scores.size());
  const auto count = static_cast<double>(parameters.size());
  scatter *= segments / std::max(1.0, segments - count);
  const Matrix to = to_coordinates(fitted, sums.normal.rows());
  const double variance = sums.sum_squares / std::max(1.0, static_cast<double>(sums.residuals) - count);
  const Matrix information = to.transpose() * sandwich_information(sums.normal, scatter, variance) * to;
  UncertaintyProblem problem;
  problem.normal_matrix.assign(information.data(), information.data() + information.size());
  problem.independent_residuals = std::max(segments, count + 2.0);
  problem.parameters = std::move(parameters);
  if (fitted.detector == dsp::Detector::peak)
    drop(problem, problem.parameters.size() - kCompressorCoordinates + kLnWindow);
  // The information is whole already: unit variance.
  problem.residual_sum_squares =
      problem.independent_residuals - static_cast<double>(problem.parameters.size());
  return estimate_uncertainty(problem);
}

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
                fitted);
}

UncertaintyReport chain_uncertainty(const PairExcerpt& excerpt, const ChainModel& fitted,
                                    const PairedFitOptions& options, const ChainNodes& nodes) {
  const ChainResiduals residuals(excerpt, fitted.kind, estimate_chain_error(fitted, excerpt), 1,
                                 options.threads);
  std::vector<FittedParameter> parameters = band_parameters(fitted.eq, options, nodes.eq);
  const std::vector<FittedParameter> more = compressor_parameters(fitted.compressor, nodes.compressor);
  parameters.insert(parameters.end(), more.begin(), more.end());
  return report(residuals.at(fitted, differentiable(fitted.compressor)), std::move(parameters),
                fitted.compressor);
}

UncertaintyReport eq_uncertainty(const PairedEq& eq, const PairedFitOptions& options,
                                 const std::string& node) {
  UncertaintyProblem problem;
  problem.parameters = band_parameters(eq.eq, options, node);
  problem.parameters.push_back({"/level", eq.gain_db, Coordinate::linear, {-200.0, 200.0}, kUsefulGainDb});
  problem.parameters.push_back({"/delay", eq.delay_frames, Coordinate::linear, {-1.0, 1.0}, 1.0});
  problem.normal_matrix = eq.normal_matrix;
  problem.independent_residuals = eq.residuals;
  problem.residual_sum_squares = eq.cost * eq.residuals;
  return without_inner(estimate_uncertainty(problem));
}

}  // namespace aapp::fit
