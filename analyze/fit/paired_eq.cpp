#include "analyze/fit/paired_eq.h"

#include <ceres/ceres.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>

#include "analyze/fit/compressor_steps.h"
#include "analyze/fit/eq_shelves.h"
#include "analyze/fit/eq_tangents.h"

namespace aapp::fit {
namespace {

using Complex = std::complex<double>;
using Jet = ceres::Jet<double, 3>;

constexpr int kMaxIterations = 60;
// Highest share of a residual that the model's own inexactness may be: keeps a band of huge energy from
// deciding alone.
constexpr double kModelError = 3e-4;

dsp::BiquadCoefficients<Jet> band_on_jets(dsp::BandType type, const double* p, double rate_hz) {
  return dsp::design_biquad(type, exp(Jet(p[0], 0)), Jet(p[1], 1), exp(Jet(p[2], 2)), rate_hz);
}

// H of one band at z^-1 and the derivatives of ln H by its three coordinates.
struct BandResponse {
  Complex h;
  std::array<Complex, 3> ln_by;
};

BandResponse respond(const dsp::BiquadCoefficients<Jet>& k, Complex z1) {
  const Complex z2 = z1 * z1;
  const Complex b = k.b0.a + k.b1.a * z1 + k.b2.a * z2;
  const Complex a = 1.0 + k.a1.a * z1 + k.a2.a * z2;
  BandResponse out{b / a, {}};
  for (int i = 0; i < 3; ++i) {
    const Complex db = k.b0.v[i] + k.b1.v[i] * z1 + k.b2.v[i] * z2;
    const Complex da = k.a1.v[i] * z1 + k.a2.v[i] * z2;
    out.ln_by[static_cast<std::size_t>(i)] = db / b - da / a;
  }
  return out;
}

// Residuals (real, then imaginary) of every band of the transfer.
class TransferCost final : public ceres::CostFunction {
 public:
  TransferCost(const Transfer& transfer, const effects::EqParams& eq) : transfer_(transfer), eq_(eq) {
    set_num_residuals(static_cast<int>(2 * transfer.xx.size()));
    mutable_parameter_block_sizes()->assign(3 * eq.bands.size() + 2, 1);
    for (std::size_t i = 0; i < transfer.xx.size(); ++i) {
      const double model = kModelError * kModelError * std::norm(transfer.xy[i]) / transfer.xx[i];
      const double variance = 0.5 * transfer.noise[i] + model;
      // A bin where neither recording holds anything tells nothing.
      weight_.push_back(variance > 0.0 && std::isfinite(variance) ? 1.0 / std::sqrt(variance) : 0.0);
    }
  }

  bool Evaluate(double const* const* p, double* residuals, double** jacobians) const override {
    const std::size_t bands = eq_.bands.size(), parameters = 3 * bands + 2;
    std::vector<dsp::BiquadCoefficients<Jet>> designs;
    for (std::size_t b = 0; b < bands; ++b) {
      const std::array<double, 3> at{*p[3 * b], *p[3 * b + 1], *p[3 * b + 2]};
      designs.push_back(band_on_jets(eq_.bands[b].type, at.data(), transfer_.rate_hz));
    }
    const double gain = db_to_gain(*p[parameters - 2]), delay = *p[parameters - 1];
    std::vector<Complex> ln_by(parameters);
    for (std::size_t i = 0; i < transfer_.xx.size(); ++i) {
      const double w = 2.0 * kPi * transfer_.frequency_hz[i] / transfer_.rate_hz;
      const Complex z1 = std::polar(1.0, -w);
      Complex h = gain * std::polar(1.0, -w * delay);
      for (std::size_t b = 0; b < bands; ++b) {
        const BandResponse band = respond(designs[b], z1);
        h *= band.h;
        std::ranges::copy(band.ln_by, ln_by.begin() + static_cast<std::ptrdiff_t>(3 * b));
      }
      ln_by[parameters - 2] = kNeperPerDb;
      ln_by[parameters - 1] = Complex(0.0, -w);
      const double root = std::sqrt(transfer_.xx[i]) * weight_[i];
      const Complex residual = (transfer_.xy[i] / transfer_.xx[i] - h) * root;
      residuals[2 * i] = residual.real();
      residuals[2 * i + 1] = residual.imag();
      if (jacobians == nullptr) continue;
      for (std::size_t k = 0; k < parameters; ++k) {
        if (jacobians[k] == nullptr) continue;
        const Complex by = -h * ln_by[k] * root;
        jacobians[k][2 * i] = by.real();
        jacobians[k][2 * i + 1] = by.imag();
      }
    }
    return true;
  }

 private:
  const Transfer& transfer_;
  const effects::EqParams& eq_;
  std::vector<double> weight_;
};

std::vector<double> to_vector(const PairedEq& eq) {
  std::vector<double> p = band_coordinates(eq.eq);
  p.push_back(eq.gain_db);
  p.push_back(eq.delay_frames);
  return p;
}

void from_vector(const std::vector<double>& p, PairedEq& eq) {
  set_band_coordinates(std::span(p).first(p.size() - 2), eq.eq);
  eq.gain_db = p[p.size() - 2];
  eq.delay_frames = p[p.size() - 1];
}

void bound(ceres::Problem& problem, double* block, Range range) {
  *block = std::clamp(*block, range.low, range.high);
  problem.SetParameterLowerBound(block, 0, range.low);
  problem.SetParameterUpperBound(block, 0, range.high);
}

void fill_normal_matrix(ceres::Problem& problem, PairedEq& fit) {
  ceres::CRSMatrix jacobian;
  problem.Evaluate({}, nullptr, nullptr, nullptr, &jacobian);
  const auto n = static_cast<std::size_t>(jacobian.num_cols);
  fit.normal_matrix.assign(n * n, 0.0);
  for (std::size_t row = 0; row + 1 < jacobian.rows.size(); ++row) {
    for (int a = jacobian.rows[row]; a < jacobian.rows[row + 1]; ++a) {
      for (int b = jacobian.rows[row]; b < jacobian.rows[row + 1]; ++b) {
        const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
        fit.normal_matrix[static_cast<std::size_t>(jacobian.cols[i]) * n +
                          static_cast<std::size_t>(jacobian.cols[j])] +=
            jacobian.values[i] * jacobian.values[j];
      }
    }
  }
}

// The level is free here. Two shelves of different kinds near each other would together be one more level,
// beside it: nothing would hold either.
PairedEq with_natural_shelves(const PairedEq& eq, double middle_hz) {
  PairedEq out = eq;
  for (effects::EqBand& band : out.eq.bands) {
    if (!is_shelf(band.type) || band.type == natural_shelf(band.frequency_hz, middle_hz)) continue;
    out.gain_db += band.gain_db;
    band = turned_shelf(band);
  }
  return out;
}

}  // namespace

Range band_range(double rate_hz, Range frequency_hz) {
  return {frequency_hz.low, std::min(frequency_hz.high, 0.45 * rate_hz)};
}

BandBounds band_bounds(double rate_hz, Range frequency_hz, double max_gain_db, double max_q) {
  const Range range = band_range(rate_hz, frequency_hz);
  return {.ln_frequency = {std::log(range.low), std::log(range.high)},
          .gain_db = {-max_gain_db, max_gain_db},
          .ln_q = {std::log(kLowestQ), std::log(max_q)}};
}

PairedEq refine_paired_eq(const Transfer& transfer, const PairedEq& start, const PairedFitOptions& options) {
  const Range within = band_range(transfer.rate_hz, options.frequency_hz);
  PairedEq fit = with_natural_shelves(start, std::sqrt(within.low * within.high));
  std::vector<double> p = to_vector(fit);
  TransferCost cost(transfer, fit.eq);
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  ceres::Problem problem(ownership);
  std::vector<double*> blocks;
  for (double& value : p) blocks.push_back(&value);
  problem.AddResidualBlock(&cost, nullptr, blocks);
  const BandBounds range =
      band_bounds(transfer.rate_hz, options.frequency_hz, options.max_gain_db, options.max_q);
  for (std::size_t b = 0; b < fit.eq.bands.size(); ++b) {
    bound(problem, blocks[3 * b], range.ln_frequency);
    bound(problem, blocks[3 * b + 1], range.gain_db);
    bound(problem, blocks[3 * b + 2], range.ln_q);
  }
  bound(problem, blocks.back(), {-1.0, 1.0});
  ceres::Solver::Options solver;
  solver.linear_solver_type = ceres::DENSE_QR;
  solver.max_num_iterations = kMaxIterations;
  solver.function_tolerance = 1e-10;
  solver.max_num_line_search_step_size_iterations = 0;
  solver.num_threads = 1;
  solver.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(solver, &problem, &summary);
  from_vector(p, fit);
  fit.residuals = static_cast<double>(cost.num_residuals());
  fit.cost = 2.0 * summary.final_cost / fit.residuals;
  fill_normal_matrix(problem, fit);
  return fit;
}

}  // namespace aapp::fit
