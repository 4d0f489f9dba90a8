// Fits the parameters of one compressor topology to a pair: Levenberg-Marquardt (Ceres) on whitened, robust
// block residuals (gain_trajectory.h) with exact derivatives (compressor_sensitivity.h). Which topology is
// topology_search.h's question.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "analyze/fit/compressor_data.h"
#include "analyze/fit/compressor_sensitivity.h"
#include "analyze/fit/normal_equations.h"
#include "analyze/fit/range.h"

namespace aapp::fit {

// Where each coordinate may lie: the ranges of effects::kCompressorTable.
Range coordinate_bounds(CompressorCoordinate coordinate);
// Holds (compressed_residuals.h) what would leave these bounds, of a problem whose last parameters are those
// of a compressor.
void hold_at_bounds(const CompressorPoint& point, Eigen::MatrixXd& normal, Eigen::VectorXd& gradient);

// What is believed of a compressor before anything is heard: a threshold some way under what is loud, a knee
// of some width. So weak that it decides only what the recording leaves open: an always compressed one would
// otherwise end at any threshold, with any make-up to match, and sound at its start as no compressor did.
inline constexpr double kLikelyUnderLoudDb = 9.0, kLikelyThresholdSpreadDb = 10.0;
inline constexpr double kLikelyKneeDb = 5.0, kLikelyKneeSpreadDb = 10.0;

struct CompressorFitOptions {
  ErrorModel error;
  int max_iterations = 30;
};

struct CompressorFit {
  effects::CompressorParams topology;  // its choices are what was fitted; its numbers are those of the point
  CompressorPoint point{};
  double cost = 0.0;  // half the robust mean of the squared whitened residuals
  int iterations = 0;
};

// These settings as a fit to go on from.
inline CompressorFit fit_of(const effects::CompressorParams& settings) {
  return {.topology = settings, .point = to_point(settings)};
}

CompressorFit fit_compressor(const CompressorData& data, const effects::CompressorParams& topology,
                             const CompressorPoint& start, const CompressorFitOptions& options);

// Residuals of a point, not whitened: (sum xy - prediction) / sqrt(sum xx) of every compared block, lane
// after lane, with the energy sum yy of each block beside it.
struct BlockResiduals {
  std::vector<double> residual;
  std::vector<double> yy;
  double block_samples = 1.0;
};
BlockResiduals block_residuals(const CompressorData& data, const effects::CompressorParams& topology,
                               const CompressorPoint& point);

// The error model that these residuals show: noise from the quiet blocks, relative error from the loud ones.
ErrorModel estimate_error(const BlockResiduals& residuals);

// What the uncertainty is made of: the normal equations of the whitened residuals at a point.
NormalEquations curvature(const CompressorData& data, const effects::CompressorParams& topology,
                          const CompressorPoint& point, const ErrorModel& error);

}  // namespace aapp::fit
