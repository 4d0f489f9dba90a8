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
constexpr double kSingular = 1e-14;
// A parameter takes part in an undetermined direction from this share of it on.
constexpr double kTakesPart = 1e-2;

// The 97.5 % point of Student's t (Abramowitz & Stegun 26.7.5: expansion around the normal's).
double student_97_5(double degrees) {
  const double z = 1.959963984540054;
  const double z3 = z * z * z;
  const double z5 = z3 * z * z;
  return z + (z3 + z) / (4.0 * degrees) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * degrees * degrees);
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
  if (halfwidth > p.useful_halfwidth) {
    out.reason = "its interval is too wide to mean much";
  } else if (out.ci95.low <= p.bounds.low || out.ci95.high >= p.bounds.high) {
    out.reason = "its interval reaches the end of its range";
  }
  out.identified = out.reason.empty();
  return out;
}

bool is_determined(const Covariance& covariance, Eigen::Index i) {
  return (covariance.undetermined.row(i).cwiseAbs().array() <= kTakesPart * covariance.scale(i)).all();
}

}  // namespace

// By eigenvalues after scaling each parameter to unit information.
Covariance invert_information(const Eigen::MatrixXd& normal, double variance) {
  const Eigen::Index n = normal.rows();
  Eigen::VectorXd scale(n);
  for (Eigen::Index i = 0; i < n; ++i) scale(i) = normal(i, i) > 0.0 ? 1.0 / std::sqrt(normal(i, i)) : 0.0;
  const Eigen::MatrixXd scaled = scale.asDiagonal() * normal * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(scaled);
  Covariance result{.matrix = Eigen::MatrixXd::Zero(n, n),
                    .undetermined = Eigen::MatrixXd::Zero(n, n),
                    .scale = scale.unaryExpr([](double s) { return s > 0.0 ? s : 1.0; })};
  Eigen::Index left_out = 0;
  for (Eigen::Index k = 0; k < n; ++k) {
    const Eigen::VectorXd direction = eigen.eigenvectors().col(k);
    if (eigen.eigenvalues()(k) > kSingular) {
      const Eigen::VectorXd v = scale.cwiseProduct(direction);
      result.matrix += (variance / eigen.eigenvalues()(k)) * v * v.transpose();
      continue;
    }
    result.undetermined.col(left_out++) = result.scale.cwiseProduct(direction);
  }
  result.undetermined.conservativeResize(n, left_out);
  return result;
}

UncertaintyReport report_uncertainty(const std::vector<FittedParameter>& parameters,
                                     const Covariance& covariance, double degrees) {
  UncertaintyReport report;
  const double quantile = student_97_5(degrees);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto variance = [&](std::size_t a, std::size_t b) {
      return covariance.matrix(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
    };
    const double error = std::sqrt(variance(i, i));
    const bool determined = is_determined(covariance, static_cast<Eigen::Index>(i));
    report.parameters.push_back(estimate(parameters[i], determined, error, quantile * error));
    for (std::size_t j = 0; j < i; ++j) {
      const double both = std::sqrt(variance(i, i) * variance(j, j));
      const double correlation = both > 0.0 ? variance(i, j) / both : 0.0;
      if (std::abs(correlation) <= kStrongCorrelation) continue;
      report.strong_correlations.push_back(
          {.a = parameters[j].name, .b = parameters[i].name, .value = correlation});
    }
  }
  return report;
}

UncertaintyReport estimate_uncertainty(const UncertaintyProblem& problem) {
  const auto n = static_cast<Eigen::Index>(problem.parameters.size());
  assert(problem.normal_matrix.size() == problem.parameters.size() * problem.parameters.size());
  if (n == 0) return {};
  const double degrees = std::max(1.0, problem.independent_residuals - static_cast<double>(n));
  const Eigen::Map<const Eigen::MatrixXd> normal(problem.normal_matrix.data(), n, n);
  return report_uncertainty(problem.parameters,
                            invert_information(normal, problem.residual_sum_squares / degrees), degrees);
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
