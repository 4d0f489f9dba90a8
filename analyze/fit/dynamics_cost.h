// The least-squares problem of matching dynamics, as Ceres sees it: differences of level quantiles at three
// time scales, and faint priors that decide what the statistics leave open.
#pragma once

#include <ceres/cost_function.h>

#include <array>
#include <cmath>
#include <vector>

#include "analyze/fit/dynamics_model.h"
#include "analyze/fit/dynamics_target.h"

namespace aapp::fit {

class DynamicsCost final : public ceres::CostFunction {
 public:
  // Both must outlive the cost.
  DynamicsCost(const LevelSeries& source, const DynamicsTarget& reference)
      : source_(source), reference_(reference) {
    mutable_parameter_block_sizes()->push_back(kParameters);
    int count = kParameters;
    for (const auto& quantiles : reference.quantiles_db) count += static_cast<int>(quantiles.size());
    set_num_residuals(count);
  }

  bool Evaluate(const double* const* parameters, double* residuals, double** jacobians) const override {
    DynamicsVector x;
    std::copy_n(parameters[0], x.size(), x.begin());
    if (jacobians == nullptr || jacobians[0] == nullptr) {
      const std::vector<double> r = evaluate(x, x);
      std::copy(r.begin(), r.end(), residuals);
      return true;
    }
    std::array<DynamicsJet, kDynamicsCoordinates> moving;
    for (int k = 0; k < kParameters; ++k)
      moving[static_cast<std::size_t>(k)] = DynamicsJet(parameters[0][k], k);
    const std::vector<DynamicsJet> r = evaluate(x, moving);
    for (std::size_t i = 0; i < r.size(); ++i) {
      residuals[i] = r[i].a;
      std::copy_n(r[i].v.data(), kParameters, jacobians[0] + i * kDynamicsCoordinates);
    }
    return true;
  }

 private:
  static constexpr int kParameters = static_cast<int>(kDynamicsCoordinates);
  static constexpr double kOtherScaleWeight = 0.35;  // of the 10 ms and 400 ms levels beside the 50 ms ones
  static constexpr double kOutlierDb = 2.0;          // differences well over this count by size, not square

  // r for small r; sqrt(c |r|) for large: its square grows like |r|.
  template <class T>
  static T tamed(const T& r) {
    using std::sqrt;
    return r / sqrt(sqrt(1.0 + (r / kOutlierDb) * (r / kOutlierDb)));
  }

  // `moving` is x, with derivatives where T has them.
  template <class T>
  std::vector<T> evaluate(const DynamicsVector& x, const std::array<T, kDynamicsCoordinates>& moving) const {
    const std::vector<T> powers = compressed_powers<T>(source_, x);
    std::vector<T> residuals;
    for (std::size_t scale = 0; scale < measure::kLevelScaleCount; ++scale) {
      const std::vector<double>& wanted = reference_.quantiles_db[scale];
      if (wanted.empty()) continue;
      const std::size_t cells = window_cells(measure::kLevelWindowsMs[scale], source_.cell_rate_hz());
      const std::vector<T> found =
          level_quantiles(relative_window_levels(powers, cells), measure::kLevelRangeDb, wanted.size());
      const double weight = (scale == measure::kMainScale ? 1.0 : kOtherScaleWeight) /
                            std::sqrt(static_cast<double>(wanted.size()));
      for (std::size_t k = 0; k < wanted.size(); ++k)
        residuals.push_back(weight * (found.empty() ? T(0.0) : tamed(T(found[k] - wanted[k]))));
    }
    add_priors(moving, residuals);
    return residuals;
  }

  // Where settings explain the statistics equally well: the gentler one, a common knee, common times.
  template <class T>
  static void add_priors(const std::array<T, kDynamicsCoordinates>& x, std::vector<T>& residuals) {
    residuals.push_back(T(0.0) * x[kDynamicsThresholdDb]);
    residuals.push_back(0.15 * x[kDynamicsSlope]);
    residuals.push_back(0.05 * (x[kDynamicsKneeDb] - 6.0) / 6.0);
    residuals.push_back(0.05 * (x[kDynamicsLnAttack] - std::log(8.0)));
    residuals.push_back(0.05 * (x[kDynamicsLnRelease] - std::log(120.0)));
  }

  const LevelSeries& source_;
  const DynamicsTarget& reference_;
};

}  // namespace aapp::fit
