// The least-squares problem of matching dynamics, as Ceres sees it: differences of level quantiles at three
// time scales, and faint priors that decide what the statistics leave open.
#pragma once

#include <ceres/cost_function.h>
#include <ceres/jet.h>

#include <array>
#include <cmath>
#include <vector>

#include "analyze/fit/dynamics_model.h"
#include "analyze/fit/dynamics_target.h"

namespace aapp::fit {

inline constexpr int kDynamicsParameters = 5;  // in the order of DynamicsPoint

using DynamicsVector = std::array<double, kDynamicsParameters>;

template <class T>
DynamicsPoint<T> to_dynamics_point(const T* x) {
  return {x[0], x[1], x[2], x[3], x[4]};
}

class DynamicsCost final : public ceres::CostFunction {
 public:
  // Both must outlive the cost.
  DynamicsCost(const LevelSeries& source, const DynamicsTarget& reference)
      : source_(source), reference_(reference) {
    mutable_parameter_block_sizes()->push_back(kDynamicsParameters);
    int count = kDynamicsParameters;
    for (const auto& quantiles : reference.quantiles_db) count += static_cast<int>(quantiles.size());
    set_num_residuals(count);
  }

  bool Evaluate(const double* const* parameters, double* residuals, double** jacobians) const override {
    if (jacobians == nullptr || jacobians[0] == nullptr) {
      const std::vector<double> r = evaluate(parameters[0]);
      std::copy(r.begin(), r.end(), residuals);
      return true;
    }
    using Jet = ceres::Jet<double, kDynamicsParameters>;
    std::array<Jet, kDynamicsParameters> x;
    for (int k = 0; k < kDynamicsParameters; ++k) x[static_cast<std::size_t>(k)] = Jet(parameters[0][k], k);
    const std::vector<Jet> r = evaluate(x.data());
    for (std::size_t i = 0; i < r.size(); ++i) {
      residuals[i] = r[i].a;
      std::copy_n(r[i].v.data(), kDynamicsParameters, jacobians[0] + i * kDynamicsParameters);
    }
    return true;
  }

 private:
  static constexpr double kOtherScaleWeight = 0.35;  // of the 10 ms and 400 ms levels beside the 50 ms ones
  static constexpr double kOutlierDb = 2.0;          // differences well over this count by size, not square

  // r for small r; sqrt(c |r|) for large: its square grows like |r|.
  template <class T>
  static T tamed(const T& r) {
    using std::sqrt;
    return r / sqrt(sqrt(1.0 + (r / kOutlierDb) * (r / kOutlierDb)));
  }

  template <class T>
  std::vector<T> evaluate(const T* x) const {
    const std::vector<T> powers = compressed_powers(source_, to_dynamics_point(x));
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
    add_priors(x, residuals);
    return residuals;
  }

  // Where settings explain the statistics equally well: the gentler one, a common knee, common times.
  template <class T>
  static void add_priors(const T* x, std::vector<T>& residuals) {
    residuals.push_back(T(0.0) * x[0]);
    residuals.push_back(0.15 * x[1]);
    residuals.push_back(0.05 * (x[2] - 6.0) / 6.0);
    residuals.push_back(0.05 * (x[3] - std::log(8.0)));
    residuals.push_back(0.05 * (x[4] - std::log(120.0)));
  }

  const LevelSeries& source_;
  const DynamicsTarget& reference_;
};

}  // namespace aapp::fit
