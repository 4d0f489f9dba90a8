#include "analyze/fit/compressor_uncertainty.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace aapp::fit {
namespace {

using Matrix = Eigen::Matrix<double, kCompressorCoordinates, kCompressorCoordinates>;
using Vector = Eigen::Matrix<double, kCompressorCoordinates, 1>;

// Directions with less information than this, relative to what each coordinate has alone, are undetermined.
constexpr double kSingular = 1e-10;
// A hard knee has no derivative by its width; the least width at which one is taken.
constexpr double kLeastKneeDb = 1.0;

// From reported parameters (ln ratio, make-up in place of slope and offset) to the solver's coordinates.
Matrix to_coordinates(const effects::CompressorParams& params) {
  Matrix m = Matrix::Identity();
  m(kSlope, kSlope) = 1.0 / params.ratio;  // d slope / d ln ratio
  m(kOffsetDb, kThresholdDb) = dsp::ratio_to_slope(params.ratio);
  m(kOffsetDb, kSlope) = params.threshold_db / params.ratio;
  return m;
}

// The information that is left when scores scatter as they do: the inverse of the sandwich on the determined
// directions.
// No parameter is called more certain than independent residuals of this variance would make it.
Matrix sandwich_information(const Matrix& normal, const Matrix& scatter, double variance) {
  Vector scale = Vector::Zero();
  for (int i = 0; i < normal.rows(); ++i) scale(i) = normal(i, i) > 0.0 ? 1.0 / std::sqrt(normal(i, i)) : 0.0;
  const Matrix scaled = scale.asDiagonal() * normal * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(scaled);
  Matrix inverse = Matrix::Zero();
  for (int k = 0; k < scaled.rows(); ++k) {
    const Vector v = eigen.eigenvectors().col(k);
    if (eigen.eigenvalues()(k) > kSingular) inverse += v * v.transpose() / eigen.eigenvalues()(k);
  }
  Matrix covariance = inverse * (scale.asDiagonal() * scatter * scale.asDiagonal()) * inverse;
  Vector widen = Vector::Ones();
  for (int i = 0; i < widen.rows(); ++i) {
    if (covariance(i, i) > 0.0)
      widen(i) = std::max(1.0, std::sqrt(variance * inverse(i, i) / covariance(i, i)));
  }
  covariance = widen.asDiagonal() * covariance * widen.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> spread(covariance);
  Matrix information = Matrix::Zero();
  const double largest = spread.eigenvalues().maxCoeff();
  for (int k = 0; k < covariance.rows(); ++k) {
    const Vector v = spread.eigenvectors().col(k);
    if (spread.eigenvalues()(k) > 1e-15 * largest) information += v * v.transpose() / spread.eigenvalues()(k);
  }
  const Vector unscale = scale.unaryExpr([](double s) { return s > 0.0 ? 1.0 / s : 0.0; });
  return unscale.asDiagonal() * information * unscale.asDiagonal();
}

std::vector<FittedParameter> reported(const effects::CompressorParams& p) {
  const auto bounds = [](std::string_view id) {
    const effects::ParamSpec* spec = effects::find_param(effects::kCompressorTable, id);
    return Range{spec->min, spec->max};
  };
  const double factor_two = std::log(2.0), factor_half_again = std::log(1.5);
  return {
      {"/params/threshold_db", p.threshold_db, Coordinate::linear, bounds("threshold_db"), 3.0},
      {"/params/knee_db", p.knee_db, Coordinate::linear, {-1.0, bounds("knee_db").high}, 6.0},
      {"/params/attack_ms", p.attack_ms, Coordinate::logarithmic, bounds("attack_ms"), factor_two},
      {"/params/release_ms", p.release_ms, Coordinate::logarithmic, bounds("release_ms"), factor_two},
      {"/params/rms_window_ms", p.rms_window_ms, Coordinate::logarithmic, bounds("rms_window_ms"),
       factor_two},
      {"/params/ratio", p.ratio, Coordinate::logarithmic, bounds("ratio"), factor_half_again},
      {"/params/makeup_db", p.makeup_db, Coordinate::linear, bounds("makeup_db"), 1.0},
  };
}

void drop_window(UncertaintyProblem& problem) {
  constexpr std::size_t n = kCompressorCoordinates;
  std::vector<double> kept;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i != kLnWindow && j != kLnWindow) kept.push_back(problem.normal_matrix[i * n + j]);
    }
  }
  problem.normal_matrix = std::move(kept);
  problem.parameters.erase(problem.parameters.begin() + static_cast<std::ptrdiff_t>(kLnWindow));
}

}  // namespace

UncertaintyReport compressor_uncertainty(const CompressorData& data, const effects::CompressorParams& fitted,
                                         const ErrorModel& error) {
  CompressorPoint point = to_point(fitted);
  point[kKneeDb] = std::max(point[kKneeDb], kLeastKneeDb);
  const CompressorCurvature found = curvature(data, fitted, point, error);
  const Matrix normal = Eigen::Map<const Matrix>(found.normal_matrix.data());
  Matrix scatter = Matrix::Zero();
  for (const auto& score : found.segment_scores) {
    const Vector s = Eigen::Map<const Vector>(score.data());
    scatter += s * s.transpose();
  }
  const auto segments = static_cast<double>(found.segment_scores.size());
  const double parameters = kCompressorCoordinates;
  scatter *= segments / std::max(1.0, segments - parameters);
  const Matrix to = to_coordinates(fitted);
  const double variance =
      found.residual_sum_squares / std::max(1.0, static_cast<double>(found.residuals) - parameters);
  const Matrix information = to.transpose() * sandwich_information(normal, scatter, variance) * to;
  UncertaintyProblem problem;
  problem.parameters = reported(fitted);
  problem.normal_matrix.assign(information.data(), information.data() + information.size());
  problem.independent_residuals = std::max(segments, parameters + 2.0);
  if (fitted.detector == dsp::Detector::peak) drop_window(problem);
  // The information is whole already: unit variance.
  problem.residual_sum_squares =
      problem.independent_residuals - static_cast<double>(problem.parameters.size());
  return estimate_uncertainty(problem);
}

}  // namespace aapp::fit
