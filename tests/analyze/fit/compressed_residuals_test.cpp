#include "analyze/fit/compressed_residuals.h"

#include <gtest/gtest.h>

namespace aapp::fit {
namespace {

void expect_same_problem(const Eigen::MatrixXd& jacobian, const Eigen::VectorXd& residuals) {
  const Eigen::MatrixXd normal = jacobian.transpose() * jacobian;
  const Eigen::VectorXd gradient = jacobian.transpose() * residuals;
  const CompressedResiduals few = compress(normal, gradient, residuals.squaredNorm());
  ASSERT_EQ(few.values.size(), jacobian.cols() + 1);
  EXPECT_NEAR(few.values.squaredNorm(), residuals.squaredNorm(), 1e-9 * residuals.squaredNorm());
  EXPECT_LT((few.jacobian.transpose() * few.jacobian - normal).norm(), 1e-9 * normal.norm());
  EXPECT_LT((few.jacobian.transpose() * few.values - gradient).norm(), 1e-9 * gradient.norm());
}

TEST(CompressedResiduals, AreTheSameProblemToASolver) {
  std::srand(1);
  Eigen::MatrixXd jacobian = Eigen::MatrixXd::Random(200, 5);
  const Eigen::VectorXd residuals = Eigen::VectorXd::Random(200);
  expect_same_problem(jacobian, residuals);
  jacobian.col(1) *= 1e6;
  expect_same_problem(jacobian, residuals);
  jacobian.col(3).setZero();                                         // moves nothing
  jacobian.col(4) = 2.0 * jacobian.col(0) - 3e-6 * jacobian.col(1);  // nothing that others do not
  expect_same_problem(jacobian, residuals);
}

TEST(Hold, LeavesTheProblemOfTheOthers) {
  std::srand(2);
  const Eigen::MatrixXd jacobian = Eigen::MatrixXd::Random(50, 4);
  const Eigen::VectorXd residuals = Eigen::VectorXd::Random(50);
  Eigen::MatrixXd normal = jacobian.transpose() * jacobian;
  Eigen::VectorXd gradient = jacobian.transpose() * residuals;
  hold(2, normal, gradient);
  const Eigen::VectorXd step = -normal.ldlt().solve(gradient);
  Eigen::MatrixXd others(50, 3);
  others << jacobian.col(0), jacobian.col(1), jacobian.col(3);
  const Eigen::VectorXd alone = -(others.transpose() * others).ldlt().solve(others.transpose() * residuals);
  EXPECT_EQ(step(2), 0.0);
  EXPECT_LT((Eigen::Vector3d(step(0), step(1), step(3)) - alone).norm(), 1e-12);
}

}  // namespace
}  // namespace aapp::fit
