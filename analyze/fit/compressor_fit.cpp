#include "analyze/fit/compressor_fit.h"

#include <ceres/ceres.h>
#include <ceres/normal_prior.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analyze/fit/compressed_residuals.h"
#include "analyze/fit/param_range.h"
#include "analyze/fit/robust_residual.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

bool has_window(const effects::CompressorParams& topology) {
  return topology.detector != dsp::Detector::peak;
}

Range compressor_range(std::string_view id) {
  return param_range(effects::kCompressorTable, id);
}

Range ln(Range range) {
  return {std::log(range.low), std::log(range.high)};
}

// The levels and predictions of all lanes of a topology, recomputed only for what changed.
class Predictor {
 public:
  Predictor(const CompressorData& data, const effects::CompressorParams& topology)
      : topology_(topology), rate_hz_(data.rate_hz()), lanes_(data.lanes(topology.stereo_link)) {
    inputs_.resize(lanes_.size());
    predictions_.resize(lanes_.size());
  }

  void run(const CompressorPoint& point, Derivatives derivatives) {
    const bool renew = !window_ || (has_window(topology_) && *window_ != point[kLnWindow]);
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (renew) inputs_[i] = lane_input(lanes_[i], topology_, std::exp(point[kLnWindow]), rate_hz_);
      predict_blocks(topology_, point, inputs_[i], lanes_[i].gain, rate_hz_, derivatives, predictions_[i]);
    }
    window_ = point[kLnWindow];
  }

  const std::vector<CompressorLane>& lanes() const { return lanes_; }
  const BlockPrediction& prediction(std::size_t lane) const { return predictions_[lane]; }

 private:
  const effects::CompressorParams& topology_;
  double rate_hz_;
  const std::vector<CompressorLane>& lanes_;
  std::vector<LevelInput> inputs_;
  std::vector<BlockPrediction> predictions_;
  std::optional<double> window_;
};

// Calls visit(lane, block, 1 / sqrt(xx)) for every compared block that has energy.
template <class Visit>
void for_each_block(const CompressorData& data, const std::vector<CompressorLane>& lanes,
                    const Visit& visit) {
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const GainLane& gain = lanes[i].gain;
    for (std::size_t b = data.warm_up_blocks(); b < gain.blocks(); ++b) {
      visit(i, b, gain.xx[b] > 0.0 ? 1.0 / std::sqrt(gain.xx[b]) : 0.0);
    }
  }
}

// All residuals of a pair as one Ceres term. Ceres asks for the cost first and for derivatives at the same
// point later; one run gives both, and is kept. Of the last step nobody needs derivatives.
class PairCost final : public ceres::CostFunction {
 public:
  PairCost(const CompressorData& data, const effects::CompressorParams& topology,
           const CompressorFitOptions& options)
      : data_(data), options_(options), predictor_(data, topology) {
    set_num_residuals(kCompressorCoordinates + 1);
    mutable_parameter_block_sizes()->assign(kCompressorCoordinates, 1);
    for_each_block(data_, predictor_.lanes(), [&](std::size_t lane, std::size_t block, double scale) {
      weights_.push_back(scale * whitening(options_.error, predictor_.lanes()[lane].gain.yy[block]));
    });
  }

  // How many residuals Ceres' few stand for.
  std::size_t count() const { return weights_.size(); }

  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override {
    CompressorPoint point;
    for (std::size_t k = 0; k < point.size(); ++k) point[k] = parameters[k][0];
    if (jacobians == nullptr) --trials_left_;
    const bool derive = trials_left_ > 0;
    if (!last_ || *last_ != point) {
      predictor_.run(point, derive ? Derivatives::all : Derivatives::none);
      last_ = point;
    }
    if (jacobians == nullptr || !derive) {
      std::fill_n(residuals, kCompressorCoordinates, 0.0);
      residuals[kCompressorCoordinates] = std::sqrt(sum_squares());
      if (jacobians != nullptr) put(Eigen::MatrixXd::Zero(kRows, kCompressorCoordinates), jacobians);
      return true;
    }
    const Products sums = products();
    Eigen::MatrixXd normal = sums.topLeftCorner<kCompressorCoordinates, kCompressorCoordinates>();
    Eigen::VectorXd gradient = sums.topRightCorner<kCompressorCoordinates, 1>();
    hold_at_bounds(point, normal, gradient);
    const CompressedResiduals few = compress(normal, gradient, sums(kRows - 1, kRows - 1));
    std::copy_n(few.values.data(), few.values.size(), residuals);
    put(few.jacobian, jacobians);
    return true;
  }

 private:
  static constexpr int kRows = kCompressorCoordinates + 1;
  // Of a row's derivatives and, after them, its residual with each other, summed up over all rows.
  using Products = Eigen::Matrix<double, kRows, kRows>;

  static void put(const Eigen::MatrixXd& jacobian, double** jacobians) {
    for (std::size_t k = 0; k < kCompressorCoordinates; ++k) {
      if (jacobians[k] != nullptr)
        std::copy_n(jacobian.col(static_cast<Eigen::Index>(k)).data(), kRows, jacobians[k]);
    }
  }

  // Calls visit(lane, block, weight, robust residual) for every compared block.
  template <class Visit>
  void for_each_residual(const Visit& visit) const {
    std::size_t row = 0;
    for_each_block(data_, predictor_.lanes(), [&](std::size_t lane, std::size_t block, double) {
      const double weight = weights_[row++];
      visit(
          lane, block, weight,
          RobustResidual((predictor_.lanes()[lane].gain.xy[block] - predictor_.prediction(lane).gain[block]) *
                         weight));
    });
  }

  double sum_squares() const {
    double sum = 0.0;
    for_each_residual([&](std::size_t, std::size_t, double, const RobustResidual& residual) {
      sum += residual.value * residual.value;
    });
    return sum;
  }

  Products products() const {
    Products sums = Products::Zero();
    for_each_residual(
        [&](std::size_t lane, std::size_t block, double weight, const RobustResidual& residual) {
          const auto& by = predictor_.prediction(lane).jacobian[block];
          Eigen::Matrix<double, kRows, 1> row;
          for (int k = 0; k < kRows - 1; ++k)
            row(k) = -residual.slope * weight * by[static_cast<std::size_t>(k)];
          row(kRows - 1) = residual.value;
          sums.noalias() += row * row.transpose();
        });
    return sums;
  }

  const CompressorData& data_;
  const CompressorFitOptions& options_;
  mutable Predictor predictor_;
  mutable std::optional<CompressorPoint> last_;
  mutable int trials_left_ = options_.max_iterations;
  std::vector<double> weights_;
};

ceres::Solver::Options solver_options(int max_iterations) {
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_NORMAL_CHOLESKY;
  options.max_num_iterations = max_iterations;
  options.function_tolerance = 1e-9;
  options.gradient_tolerance = 1e-12;
  options.parameter_tolerance = 1e-9;
  options.max_num_line_search_step_size_iterations =
      0;  // bounds by projection; each trial is one run over the audio
  options.num_threads = 1;
  options.logging_type = ceres::SILENT;
  return options;
}

ceres::NormalPrior belief(double centre, double spread) {
  return {ceres::Matrix::Constant(1, 1, 1.0 / spread), ceres::Vector::Constant(1, centre)};
}

double median(std::vector<double>& values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Range coordinate_bounds(CompressorCoordinate coordinate) {
  switch (coordinate) {
    case kThresholdDb:
      return compressor_range("threshold_db");
    case kKneeDb:
      return compressor_range("knee_db");
    case kLnAttack:
      return ln(compressor_range("attack_ms"));
    case kLnRelease:
      return ln(compressor_range("release_ms"));
    case kLnWindow:
      return ln(compressor_range("rms_window_ms"));
    case kSlope: {
      const Range ratio = compressor_range("ratio");
      return {dsp::ratio_to_slope(ratio.low), dsp::ratio_to_slope(ratio.high)};
    }
    default:
      return {-200.0, 200.0};
  }
}

void hold_at_bounds(const CompressorPoint& point, Eigen::MatrixXd& normal, Eigen::VectorXd& gradient) {
  const Eigen::Index first = normal.rows() - static_cast<Eigen::Index>(point.size());
  for (std::size_t k = 0; k < point.size(); ++k) {
    const Range range = coordinate_bounds(static_cast<CompressorCoordinate>(k));
    const Eigen::Index row = first + static_cast<Eigen::Index>(k);
    if ((point[k] <= range.low && gradient(row) > 0.0) || (point[k] >= range.high && gradient(row) < 0.0))
      hold(row, normal, gradient);
  }
}

CompressorFit fit_compressor(const CompressorData& data, const effects::CompressorParams& topology,
                             const CompressorPoint& start, const CompressorFitOptions& options) {
  PairCost cost(data, topology, options);
  CompressorFit fit;
  fit.topology = topology;
  fit.point = start;
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  ceres::Problem problem(ownership);
  std::vector<double*> blocks;
  for (double& value : fit.point) blocks.push_back(&value);
  problem.AddResidualBlock(&cost, nullptr, blocks);
  ceres::NormalPrior threshold = belief(data.loud_db() - kLikelyUnderLoudDb, kLikelyThresholdSpreadDb);
  ceres::NormalPrior knee = belief(kLikelyKneeDb, kLikelyKneeSpreadDb);
  problem.AddResidualBlock(&threshold, nullptr, blocks[kThresholdDb]);
  problem.AddResidualBlock(&knee, nullptr, blocks[kKneeDb]);
  for (std::size_t k = 0; k < kCompressorCoordinates; ++k) {
    const Range bounds = coordinate_bounds(static_cast<CompressorCoordinate>(k));
    fit.point[k] = std::clamp(fit.point[k], bounds.low, bounds.high);
    problem.SetParameterLowerBound(blocks[k], 0, bounds.low);
    problem.SetParameterUpperBound(blocks[k], 0, bounds.high);
  }
  if (!has_window(topology)) problem.SetParameterBlockConstant(blocks[kLnWindow]);
  ceres::Solver::Summary summary;
  ceres::Solve(solver_options(options.max_iterations), &problem, &summary);
  fit.cost = summary.final_cost / static_cast<double>(std::max<std::size_t>(1, cost.count()));
  fit.iterations = static_cast<int>(summary.iterations.size());
  fit.topology = to_params(fit.point, topology);
  return fit;
}

BlockResiduals block_residuals(const CompressorData& data, const effects::CompressorParams& topology,
                               const CompressorPoint& point) {
  Predictor predictor(data, topology);
  predictor.run(point, Derivatives::none);
  BlockResiduals out;
  out.block_samples = static_cast<double>(predictor.lanes().front().gain.block_samples);
  for_each_block(data, predictor.lanes(), [&](std::size_t lane, std::size_t block, double scale) {
    const GainLane& gain = predictor.lanes()[lane].gain;
    out.residual.push_back((gain.xy[block] - predictor.prediction(lane).gain[block]) * scale);
    out.yy.push_back(gain.yy[block]);
  });
  return out;
}

ErrorModel estimate_error(const BlockResiduals& residuals) {
  constexpr double kMedianOfSquaredNormal = 0.4549;
  std::vector<double> sorted;
  for (const double yy : residuals.yy) {
    if (yy > kSilence * residuals.block_samples) sorted.push_back(yy);
  }
  if (sorted.empty()) return {};
  std::sort(sorted.begin(), sorted.end());
  const double low = sorted[sorted.size() / 4], high = sorted[sorted.size() / 4 * 3];
  std::vector<double> quiet, loud;
  for (std::size_t i = 0; i < residuals.yy.size(); ++i) {
    const double square = residuals.residual[i] * residuals.residual[i];
    if (residuals.yy[i] > kSilence * residuals.block_samples && residuals.yy[i] <= low)
      quiet.push_back(square);
  }
  ErrorModel error{.noise = median(quiet) / kMedianOfSquaredNormal};
  for (std::size_t i = 0; i < residuals.yy.size(); ++i) {
    if (residuals.yy[i] < high) continue;
    const double square = residuals.residual[i] * residuals.residual[i];
    loud.push_back((square / kMedianOfSquaredNormal - error.noise) / residuals.yy[i]);
  }
  error.relative = std::sqrt(std::max(0.0, median(loud)));
  return error;
}

NormalEquations curvature(const CompressorData& data, const effects::CompressorParams& topology,
                          const CompressorPoint& point, const ErrorModel& error) {
  Predictor predictor(data, topology);
  predictor.run(point, Derivatives::all);
  NormalEquations out(kCompressorCoordinates);
  const auto segment_blocks = static_cast<std::size_t>(kScoreSegmentMs / kGainBlockMs);
  std::size_t in_segment = segment_blocks;
  for_each_block(data, predictor.lanes(), [&](std::size_t lane, std::size_t block, double scale) {
    const GainLane& gain = predictor.lanes()[lane].gain;
    const double weight = scale * whitening(error, gain.yy[block]);
    const double residual = (gain.xy[block] - predictor.prediction(lane).gain[block]) * weight;
    if (in_segment++ == segment_blocks) {
      out.segment_scores.emplace_back(Eigen::VectorXd::Zero(kCompressorCoordinates));
      in_segment = 1;
    }
    const Eigen::Vector<double, kCompressorCoordinates> row =
        -weight * Eigen::Map<const Eigen::Vector<double, kCompressorCoordinates>>(
                      predictor.prediction(lane).jacobian[block].data());
    out.normal += row * row.transpose();
    out.gradient += residual * row;
    out.segment_scores.back() += residual * row;
    out.sum_squares += residual * residual;
    ++out.residuals;
  });
  return out;
}

}  // namespace aapp::fit
