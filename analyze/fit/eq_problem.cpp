#include "analyze/fit/eq_problem.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aapp::fit {

namespace {

// The bilinear transform leaves no room for a band nearer than this to half of the rate.
constexpr double kHighestOfRate = 0.45;

EqFitOptions below_nyquist(EqFitOptions options) {
  options.frequency_hz.high = std::min(options.frequency_hz.high, kHighestOfRate * options.rate_hz);
  options.frequency_hz.low = std::min(options.frequency_hz.low, options.frequency_hz.high / 2.0);
  return options;
}

double clamp_to(Range range, double x) {
  return std::clamp(x, range.low, range.high);
}

}  // namespace

void to_coordinates(const Bands& bands, std::span<double> x) {
  for (std::size_t b = 0; b < bands.size(); ++b) {
    x[kParametersPerBand * b] = std::log(bands[b].frequency_hz);
    x[kParametersPerBand * b + 1] = bands[b].gain_db;
    x[kParametersPerBand * b + 2] = std::log(bands[b].q);
  }
}

void from_coordinates(std::span<const double> x, Bands& bands) {
  for (std::size_t b = 0; b < bands.size(); ++b) {
    bands[b].frequency_hz = std::exp(x[kParametersPerBand * b]);
    bands[b].gain_db = x[kParametersPerBand * b + 1];
    bands[b].q = std::exp(x[kParametersPerBand * b + 2]);
  }
}

EqProblem::EqProblem(const EqTarget& target, const EqFitOptions& options)
    : options_(below_nyquist(options)),
      frequency_hz_(target.frequency_hz),
      target_db_(target.gain_db),
      weight_(target.weight.empty() ? std::vector<double>(target.frequency_hz.size(), 1.0) : target.weight),
      model_(target.cells.empty() ? EqModel(frequency_hz_, options.rate_hz)
                                  : EqModel(target.cells, options.rate_hz)),
      restraint_(options_) {
  const double sum = std::accumulate(weight_.begin(), weight_.end(), 0.0);
  for (double& w : weight_) {
    w /= sum;
    sqrt_weight_.push_back(std::sqrt(w));
  }
}

double EqProblem::add_offset(std::span<double> difference_db) const {
  if (options_.offset == LevelOffset::fixed) return 0.0;
  const double offset_db = -std::inner_product(weight_.begin(), weight_.end(), difference_db.begin(), 0.0);
  for (double& d : difference_db) d += offset_db;
  return offset_db;
}

std::vector<double> EqProblem::residuals_db(const Bands& bands) const {
  std::vector<double> r(model_.size());
  model_.response_db(bands, r);
  for (std::size_t i = 0; i < r.size(); ++i) r[i] -= target_db_[i];
  add_offset(r);
  return r;
}

double EqProblem::offset_db(const Bands& bands) const {
  std::vector<double> r(model_.size());
  model_.response_db(bands, r);
  for (std::size_t i = 0; i < r.size(); ++i) r[i] -= target_db_[i];
  return add_offset(r);
}

double EqProblem::cost(const Bands& bands) const {
  const std::vector<double> r = residuals_db(bands);
  double sum = 0.0;
  for (std::size_t i = 0; i < r.size(); ++i) sum += weight_[i] * r[i] * r[i];
  return restraint_.apply(bands, 0.5 * sum);
}

void EqProblem::gauss_newton(const Bands& bands, GaussNewton& out) const {
  const auto points = static_cast<Eigen::Index>(model_.size());
  const auto n = static_cast<Eigen::Index>(kParametersPerBand * bands.size());
  // Reused from call to call: the search makes tens of thousands.
  thread_local std::vector<double> residual, jacobian;
  residual.resize(model_.size());
  jacobian.resize(static_cast<std::size_t>(points * n));
  model_.response_and_jacobian(bands, residual, jacobian);
  for (std::size_t i = 0; i < residual.size(); ++i) residual[i] -= target_db_[i];
  add_offset(residual);

  Eigen::Map<Eigen::VectorXd> r(residual.data(), points);
  Eigen::Map<Eigen::MatrixXd> j(jacobian.data(), points, n);
  const Eigen::Map<const Eigen::VectorXd> s(sqrt_weight_.data(), points);
  j = s.asDiagonal() * j;
  r = s.cwiseProduct(r);
  out.matrix.setZero(n, n);
  out.matrix.selfadjointView<Eigen::Lower>().rankUpdate(j.transpose());
  out.gradient.noalias() = j.transpose() * r;
  if (options_.offset == LevelOffset::free) {
    // The offset follows every band: each column loses its weighted mean. (The residual has none to begin
    // with.)
    const Eigen::VectorXd mean = j.transpose() * s;
    out.matrix.selfadjointView<Eigen::Lower>().rankUpdate(mean, -1.0);
  }
  out.matrix.triangularView<Eigen::StrictlyUpper>() = out.matrix.transpose();
  out.cost = 0.5 * r.squaredNorm();
  restraint_.apply(bands, out);
}

EqProblem::FullNormal EqProblem::normal_with_offset(const Bands& bands) const {
  const auto points = static_cast<Eigen::Index>(model_.size());
  const auto n = static_cast<Eigen::Index>(kParametersPerBand * bands.size());
  std::vector<double> response(model_.size()), jacobian(static_cast<std::size_t>(points * n));
  model_.response_and_jacobian(bands, response, jacobian);
  const Eigen::Map<const Eigen::VectorXd> s(sqrt_weight_.data(), points);
  Eigen::MatrixXd j(points, n + 1);
  j.leftCols(n) = s.asDiagonal() * Eigen::Map<const Eigen::MatrixXd>(jacobian.data(), points, n);
  j.col(n) = s;
  FullNormal out{.matrix = j.transpose() * j, .mean_square_db2 = 0.0};
  const std::vector<double> r = residuals_db(bands);
  for (std::size_t i = 0; i < r.size(); ++i) out.mean_square_db2 += weight_[i] * r[i] * r[i];
  return out;
}

EqProblem::Bounds EqProblem::bounds(dsp::BandType type) const {
  Bounds b{.ln_f = {std::log(options_.frequency_hz.low), std::log(options_.frequency_hz.high)},
           .gain_db = options_.gain_db,
           .ln_q = {std::log(options_.q.low), std::log(options_.q.high)}};
  if (!dsp::has_gain(type)) b.gain_db = {0.0, 0.0};
  return b;
}

effects::EqBand EqProblem::clamp(effects::EqBand band) const {
  const Bounds b = bounds(band.type);
  band.frequency_hz = clamp_to(options_.frequency_hz, band.frequency_hz);
  band.gain_db = clamp_to(b.gain_db, band.gain_db);
  band.q = clamp_to(options_.q, band.q);
  return band;
}

}  // namespace aapp::fit
