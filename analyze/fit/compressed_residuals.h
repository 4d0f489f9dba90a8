// A least-squares problem of any size as a few residuals. With J'J = R'R, the vector (R^-T J'r; the rest of
// |r|) has the same sum of squares, the same gradient and the same Gauss-Newton matrix. That is all a solver
// looks at, and a thousandth of what it would have to go through.
#pragma once

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace aapp::fit {

struct CompressedResiduals {
  Eigen::VectorXd values;    // n + 1 for n parameters
  Eigen::MatrixXd jacobian;  // n + 1 x n
};

// Directions with less information than this, relative to what each parameter has alone, count as none.
inline constexpr double kNoInformation = 1e-13;

// A parameter that would go beyond its bound stays, and the others do not count on it. (A step towards where
// it may not go would be cut short in this parameter alone, and no longer lead downhill.)
inline void hold(Eigen::Index k, Eigen::MatrixXd& normal, Eigen::VectorXd& gradient) {
  const double own = normal(k, k);
  normal.row(k).setZero();
  normal.col(k).setZero();
  normal(k, k) = own;
  gradient(k) = 0.0;
}

// From J'J (symmetric), J'r and r'r.
inline CompressedResiduals compress(const Eigen::MatrixXd& normal, const Eigen::VectorXd& gradient,
                                    double sum_squares) {
  const Eigen::Index n = normal.rows();
  const Eigen::VectorXd scale = normal.diagonal().cwiseSqrt();
  const Eigen::VectorXd unscale = scale.unaryExpr([](double s) { return s > 0.0 ? 1.0 / s : 0.0; });
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(unscale.asDiagonal() * normal *
                                                             unscale.asDiagonal());
  const Eigen::VectorXd turned = eigen.eigenvectors().transpose() * (unscale.asDiagonal() * gradient).eval();
  CompressedResiduals out{Eigen::VectorXd::Zero(n + 1), Eigen::MatrixXd::Zero(n + 1, n)};
  for (Eigen::Index k = 0; k < n; ++k) {
    if (!(eigen.eigenvalues()(k) > kNoInformation)) continue;
    const double root = std::sqrt(eigen.eigenvalues()(k));
    out.values(k) = turned(k) / root;
    out.jacobian.row(k) = root * (scale.asDiagonal() * eigen.eigenvectors().col(k)).transpose();
  }
  out.values(n) = std::sqrt(std::max(0.0, sum_squares - out.values.squaredNorm()));
  return out;
}

}  // namespace aapp::fit
