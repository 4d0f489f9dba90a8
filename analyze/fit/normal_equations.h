// What a least-squares problem comes to at a point, whatever the number of its residuals.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace aapp::fit {

// Residuals within segments of this length may be correlated, segments are not.
inline constexpr double kScoreSegmentMs = 100.0;

struct NormalEquations {
  Eigen::MatrixXd normal;    // J'J
  Eigen::VectorXd gradient;  // J'r
  double sum_squares = 0.0;  // r'r
  std::size_t residuals = 0;
  std::vector<Eigen::VectorXd> segment_scores;  // J'r of consecutive segments of kScoreSegmentMs

  explicit NormalEquations(std::size_t parameters = 0)
      : normal(Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(parameters),
                                     static_cast<Eigen::Index>(parameters))),
        gradient(Eigen::VectorXd::Zero(static_cast<Eigen::Index>(parameters))) {}
};

}  // namespace aapp::fit
