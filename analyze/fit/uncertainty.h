// How well a least-squares fit pins each of its parameters down: standard error, 95 % interval, whether the
// data identify the parameter at all, and which parameters can stand in for each other. Shared by the
// equaliser and the compressor fits; knows nothing of either.
//
// Method: at the solution the covariance is s^2 (J'J)^-1, with s^2 = |r|^2 / (n - p). Residuals of a curve
// are correlated from point to point (what is left over is misfit, not white noise), so n is the number of
// *independent* residuals, which effective_count() estimates. Parameters fitted as logarithms get their
// interval there, which makes it asymmetric around the value. Source: Seber & Wild, "Nonlinear Regression",
// chapters 2 and 5.
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>
#include <vector>

#include "analyze/fit/range.h"

namespace aapp::fit {

// The coordinate in which the solver moved the parameter: the value itself, or its natural logarithm.
enum class Coordinate { linear, logarithmic };

struct FittedParameter {
  std::string name;  // a JSON pointer into the preset, or one relative to the effect: "/bands/3/q"
  double value = 0.0;
  Coordinate coordinate = Coordinate::linear;
  Range bounds;  // of the value; one whose interval reaches a bound is not identified
  // The largest half-width of the 95 % interval, in the solver's coordinate, at which the value still means
  // something: 3 dB for a gain, ln 2 for a time constant.
  double useful_halfwidth = 1.0;
};

struct ParameterEstimate {
  std::string name;
  double value = 0.0;
  double std_error = 0.0;  // in the unit of the value
  Range ci95;
  bool identified = false;
  std::string reason;  // why it is not identified; "" when it is
  bool operator==(const ParameterEstimate&) const = default;
};

// Two parameters whose errors are so correlated (|value| > 0.9) that the data fix a combination of them.
struct StrongCorrelation {
  std::string a, b;
  double value = 0.0;
  bool operator==(const StrongCorrelation&) const = default;
};

inline constexpr double kStrongCorrelation = 0.9;

struct UncertaintyReport {
  std::vector<ParameterEstimate> parameters;  // in the order given
  std::vector<StrongCorrelation> strong_correlations;
};

// Of the errors of parameters in the solver's coordinates, as far as the data determine them.
struct Covariance {
  Eigen::MatrixXd matrix;
  Eigen::MatrixXd undetermined;  // a column for each direction that is left out
  Eigen::VectorXd scale;         // what a parameter alone in such a direction would have there
};

// variance * (J'J)^-1. Symmetric matrices only.
Covariance invert_information(const Eigen::MatrixXd& normal, double variance);

// `degrees` of freedom of the variance that the covariance was made with.
UncertaintyReport report_uncertainty(const std::vector<FittedParameter>& parameters,
                                     const Covariance& covariance, double degrees);

struct UncertaintyProblem {
  std::vector<FittedParameter> parameters;
  // J'J, n x n row by row, J being the derivatives of the weighted residuals in the solver's coordinates.
  std::vector<double> normal_matrix;
  double residual_sum_squares = 0.0;  // |r|^2 of the same residuals
  double independent_residuals = 0.0;
};

// Requires normal_matrix.size() == parameters.size()^2. Never fails: directions that the data do not
// determine come back as not identified, with the parameter's bounds as interval.
UncertaintyReport estimate_uncertainty(const UncertaintyProblem& problem);

// How many independent values a sequence of residuals, in order of frequency or time, is worth: n / tau with
// tau the integrated autocorrelation, at least 1 and at most n.
double effective_count(std::span<const double> residuals);

}  // namespace aapp::fit
