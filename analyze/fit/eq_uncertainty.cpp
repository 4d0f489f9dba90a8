#include "analyze/fit/eq_uncertainty.h"

#include <cmath>
#include <string>

namespace aapp::fit {

namespace {

// Wider intervals than these (half-widths) say nothing useful about a band.
constexpr double kUsefulLnF = 0.2310490601866484;  // a third of an octave
constexpr double kUsefulGainDb = 2.0;
constexpr double kUsefulLnQ = 0.6931471805599453;  // a factor of two

// A fitted coordinate, and where it stands in the normal equations.
struct Coordinates {
  std::vector<FittedParameter> parameters;
  std::vector<Eigen::Index> columns;
};

Coordinates list_coordinates(const EqProblem& problem, const Bands& bands) {
  Coordinates out;
  for (std::size_t b = 0; b < bands.size(); ++b) {
    const effects::EqBand& band = bands[b];
    const auto column = static_cast<Eigen::Index>(kParametersPerBand * b);
    const std::string at = "/bands/" + std::to_string(b);
    out.parameters.push_back({.name = at + "/frequency_hz",
                              .value = band.frequency_hz,
                              .coordinate = Coordinate::logarithmic,
                              .bounds = problem.options().frequency_hz,
                              .useful_halfwidth = kUsefulLnF});
    out.columns.push_back(column);
    if (dsp::has_gain(band.type)) {
      out.parameters.push_back({.name = at + "/gain_db",
                                .value = band.gain_db,
                                .coordinate = Coordinate::linear,
                                .bounds = problem.options().gain_db,
                                .useful_halfwidth = kUsefulGainDb});
      out.columns.push_back(column + 1);
    }
    out.parameters.push_back({.name = at + "/q",
                              .value = band.q,
                              .coordinate = Coordinate::logarithmic,
                              .bounds = problem.options().q,
                              .useful_halfwidth = kUsefulLnQ});
    out.columns.push_back(column + 2);
  }
  return out;
}

}  // namespace

UncertaintyReport eq_uncertainty(const EqProblem& problem, const Bands& bands) {
  Coordinates coordinates = list_coordinates(problem, bands);
  EqProblem::FullNormal full = problem.normal_with_offset(bands);
  if (problem.options().offset == LevelOffset::free) {
    coordinates.parameters.push_back({.name = "/offset_db",
                                      .value = problem.offset_db(bands),
                                      .coordinate = Coordinate::linear,
                                      .bounds = {-200.0, 200.0},
                                      .useful_halfwidth = kUsefulGainDb});
    coordinates.columns.push_back(full.matrix.rows() - 1);
  }
  UncertaintyProblem u;
  for (const Eigen::Index row : coordinates.columns) {
    for (const Eigen::Index column : coordinates.columns) u.normal_matrix.push_back(full.matrix(row, column));
  }
  u.parameters = std::move(coordinates.parameters);
  u.residual_sum_squares = full.mean_square_db2;
  u.independent_residuals = effective_count(problem.residuals_db(bands));
  return estimate_uncertainty(u);
}

}  // namespace aapp::fit
