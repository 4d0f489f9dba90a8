#include "analyze/fit/residual_rows.h"

#include <gtest/gtest.h>

#include <random>

namespace aapp::fit {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

// Rows as ResidualRows takes them, and what they come to when whitened and made robust one by one.
struct Rows {
  Matrix jacobian;
  Vector residual;
};

Rows add_rows(ResidualRows& rows, std::size_t parameters, std::size_t count, std::size_t frames_apart) {
  std::mt19937_64 random(parameters);
  std::normal_distribution<double> normal;
  const auto p = static_cast<Eigen::Index>(parameters), n = static_cast<Eigen::Index>(count);
  Rows out{Matrix(n, p), Vector(n)};
  for (Eigen::Index i = 0; i < n; ++i) {
    double* row = rows.row(static_cast<std::size_t>(i) * frames_apart);
    const double residual = 3.0 * normal(random), weight = 0.5 + std::abs(normal(random));
    const RobustResidual robust(residual * weight);
    for (Eigen::Index k = 0; k < p; ++k) {
      row[k] = normal(random);
      out.jacobian(i, k) = -robust.slope * weight * row[k];
    }
    out.residual(i) = robust.value;
    rows.put(residual, weight);
  }
  rows.flush();
  return out;
}

TEST(ResidualRows, SumUpToTheNormalEquationsOfTheirRows) {
  constexpr std::size_t kCount = 1000, kFramesApart = 3, kSegment = 500;
  for (const std::size_t parameters : {1U, 3U, 7U, 8U, 19U, 37U}) {
    NormalEquations sums(parameters);
    ResidualRows rows(parameters, kSegment, sums);
    const Rows all = add_rows(rows, parameters, kCount, kFramesApart);
    const Matrix normal = all.jacobian.transpose() * all.jacobian;
    const Vector gradient = all.jacobian.transpose() * all.residual;
    const Matrix lower = sums.normal.triangularView<Eigen::Lower>();
    EXPECT_LT((lower - Matrix(normal.triangularView<Eigen::Lower>())).norm(), 1e-12 * normal.norm());
    EXPECT_LT((sums.gradient - gradient).norm(), 1e-11 * gradient.norm());
    EXPECT_NEAR(sums.sum_squares, all.residual.squaredNorm(), 1e-10 * sums.sum_squares);
    EXPECT_EQ(sums.residuals, kCount);
    ASSERT_EQ(sums.segment_scores.size(), kCount * kFramesApart / kSegment);
    // Row 167 is at frame 501, the first of the second segment.
    const Vector first = all.jacobian.topRows(167).transpose() * all.residual.head(167);
    EXPECT_LT((sums.segment_scores.front() - first).norm(), 1e-11 * first.norm());
  }
}

}  // namespace
}  // namespace aapp::fit
