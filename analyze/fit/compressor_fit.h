// Fits the parameters of one compressor topology to a pair: Levenberg-Marquardt (Ceres) on whitened, robust
// block residuals (gain_trajectory.h) with exact derivatives (compressor_sensitivity.h). Which topology is
// topology.h's question.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "analyze/fit/compressor_data.h"
#include "analyze/fit/compressor_sensitivity.h"
#include "analyze/fit/range.h"

namespace aapp::fit {

// Where each coordinate may lie: the ranges of effects::kCompressorTable.
Range coordinate_bounds(CompressorCoordinate coordinate);

struct CompressorFitOptions {
  ErrorModel error;
  int max_iterations = 30;
  // Whitened residuals beyond this count linearly instead of squared: clipped or edited samples do not pull.
  double robust_scale = 4.0;
};

struct CompressorFit {
  effects::CompressorParams topology;  // its choices are what was fitted; its numbers are those of the point
  CompressorPoint point{};
  double cost = 0.0;  // half the robust mean of the squared whitened residuals
  int iterations = 0;
};

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

// Normal matrix and segment scores of the whitened residuals at a point: what the uncertainty is made of.
struct CompressorCurvature {
  std::vector<double> normal_matrix;  // J'J, row by row
  // J'r of consecutive segments of about 100 ms: residuals within a segment may be correlated, segments are
  // not.
  std::vector<std::array<double, kCompressorCoordinates>> segment_scores;
  double residual_sum_squares = 0.0;
  std::size_t residuals = 0;
};
CompressorCurvature curvature(const CompressorData& data, const effects::CompressorParams& topology,
                              const CompressorPoint& point, const ErrorModel& error);

}  // namespace aapp::fit
