#include "analyze/fit/uncertainty.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cassert>
#include <cmath>

namespace aapp::fit {

namespace {

// Directions whose information, relative to what each parameter alone would have, is below this are
// undetermined.
constexpr double kSingular = 1e-13;
// A parameter takes part in an undetermined direction from this share of it on.
constexpr double kTakesPart = 1e-2;

struct Covariance {
  Eigen::MatrixXd matrix;
  std::vector<bool> determined;
};

// The inverse of the normal matrix, by eigenvalues after scaling each parameter to unit information.
Covariance invert(const Eigen::MatrixXd& normal, double variance) {
  const Eigen::Index n = normal.rows();
  Eigen::VectorXd scale(n);
  for (Eigen::Index i = 0; i < n; ++i) scale(i) = normal(i, i) > 0.0 ? 1.0 / std::sqrt(normal(i, i)) : 0.0;
  const Eigen::MatrixXd scaled = scale.asDiagonal() * normal * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(scaled);
  Covariance result{.matrix = Eigen::MatrixXd::Zero(n, n),
                    .determined = std::vector<bool>(static_cast<std::size_t>(n), true)};
  for (Eigen::Index k = 0; k < n; ++k) {
    const Eigen::VectorXd direction = eigen.eigenvectors().col(k);
    if (eigen.eigenvalues()(k) > kSingular) {
      const Eigen::VectorXd v = scale.cwiseProduct(direction);
      result.matrix += (variance / eigen.eigenvalues()(k)) * v * v.transpose();
      continue;
    }
    for (Eigen::Index i = 0; i < n; ++i) {
      if (std::abs(direction(i)) > kTakesPart) result.determined[static_cast<std::size_t>(i)] = false;
    }
  }
  return result;
}

// The 97.5 % point of Student's t (Abramowitz & Stegun 26.7.5: expansion around the normal's).
double student_97_5(double degrees) {
  const double z = 1.959963984540054;
  const double z3 = z * z * z;
  const double z5 = z3 * z * z;
  return z + (z3 + z) / (4.0 * degrees) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * degrees * degrees);
}

bool at_bound(const FittedParameter& p) {
  const double slack = 1e-9 * (p.bounds.high - p.bounds.low);
  return p.value <= p.bounds.low + slack || p.value >= p.bounds.high - slack;
}

ParameterEstimate estimate(const FittedParameter& p, bool determined, double error, double halfwidth) {
  ParameterEstimate out{.name = p.name,
                        .value = p.value,
                        .std_error = 0.0,
                        .ci95 = p.bounds,
                        .identified = false,
                        .reason = ""};
  if (!determined) {
    out.std_error = p.bounds.high - p.bounds.low;
    out.reason = "the data do not determine it";
    return out;
  }
  if (p.coordinate == Coordinate::logarithmic) {
    out.std_error = p.value * error;
    out.ci95 = {p.value * std::exp(-halfwidth), p.value * std::exp(halfwidth)};
  } else {
    out.std_error = error;
    out.ci95 = {p.value - halfwidth, p.value + halfwidth};
  }
  if (at_bound(p)) {
    out.reason = "it lies at its limit";
  } else if (halfwidth > p.useful_halfwidth) {
    out.reason = "its interval is too wide to mean much";
  }
  out.identified = out.reason.empty();
  return out;
}

}  // namespace

UncertaintyReport estimate_uncertainty(const UncertaintyProblem& problem) {
  const auto n = static_cast<Eigen::Index>(problem.parameters.size());
  assert(problem.normal_matrix.size() == problem.parameters.size() * problem.parameters.size());
  UncertaintyReport report;
  if (n == 0) return report;
  const double degrees = std::max(1.0, problem.independent_residuals - static_cast<double>(n));
  const Eigen::Map<const Eigen::MatrixXd> normal(problem.normal_matrix.data(), n, n);
  const Covariance covariance = invert(normal, problem.residual_sum_squares / degrees);
  const double quantile = student_97_5(degrees);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double error = std::sqrt(covariance.matrix(i, i));
    const auto k = static_cast<std::size_t>(i);
    report.parameters.push_back(
        estimate(problem.parameters[k], covariance.determined[k], error, quantile * error));
    for (Eigen::Index j = 0; j < i; ++j) {
      const double both = std::sqrt(covariance.matrix(i, i) * covariance.matrix(j, j));
      const double correlation = both > 0.0 ? covariance.matrix(i, j) / both : 0.0;
      if (std::abs(correlation) <= kStrongCorrelation) continue;
      report.strong_correlations.push_back({.a = problem.parameters[static_cast<std::size_t>(j)].name,
                                            .b = problem.parameters[k].name,
                                            .value = correlation});
    }
  }
  return report;
}

double effective_count(std::span<const double> residuals) {
  const auto n = residuals.size();
  double energy = 0.0;
  for (const double r : residuals) energy += r * r;
  if (n < 2 || energy <= 0.0) return static_cast<double>(n);
  // Integrated autocorrelation time, summed until the correlation first dies out: beyond that it is noise.
  double tau = 1.0;
  for (std::size_t lag = 1; lag < n; ++lag) {
    double product = 0.0;
    for (std::size_t i = lag; i < n; ++i) product += residuals[i] * residuals[i - lag];
    if (product <= 0.0) break;
    tau += 2.0 * product / energy;
  }
  return std::clamp(static_cast<double>(n) / tau, 1.0, static_cast<double>(n));
}

}  // namespace aapp::fit
