#include "analyze/fit/paired_eq.h"

#include <ceres/ceres.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>

#include "analyze/fit/band_bounds.h"
#include "analyze/fit/compressor_steps.h"
#include "analyze/fit/eq_shelves.h"
#include "analyze/fit/eq_tangents.h"
#include "analyze/fit/response_steps.h"

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
    mutable_parameter_block_sizes()->push_back(static_cast<int>(3 * eq.bands.size() + 2));
    for (std::size_t i = 0; i < transfer.xx.size(); ++i) {
      const double model = kModelError * kModelError * std::norm(transfer.xy[i]) / transfer.xx[i];
      const double variance = 0.5 * transfer.noise[i] + model;
      // A bin where neither recording holds anything tells nothing.
      weight_.push_back(variance > 0.0 && std::isfinite(variance) ? 1.0 / std::sqrt(variance) : 0.0);
    }
  }

  bool Evaluate(double const* const* block, double* residuals, double** jacobians) const override {
    const double* const p = block[0];
    double* const jacobian = jacobians == nullptr ? nullptr : jacobians[0];
    const std::size_t bands = eq_.bands.size(), parameters = 3 * bands + 2;
    std::vector<dsp::BiquadCoefficients<Jet>> designs;
    for (std::size_t b = 0; b < bands; ++b) {
      designs.push_back(band_on_jets(eq_.bands[b].type, p + 3 * b, transfer_.rate_hz));
    }
    const double gain = db_to_gain(p[parameters - 2]), delay = p[parameters - 1];
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
      if (jacobian == nullptr) continue;
      double* const rows = jacobian + 2 * i * parameters;
      for (std::size_t k = 0; k < parameters; ++k) {
        const Complex by = -h * ln_by[k] * root;
        rows[k] = by.real();
        rows[parameters + k] = by.imag();
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

PairedEq refine_paired_eq(const Transfer& transfer, const PairedEq& start, StepPath path,
                          const PairedFitOptions& options) {
  const Range range = band_range(transfer.rate_hz, options.frequency_hz);
  PairedEq fit = with_natural_shelves(start, std::sqrt(range.low * range.high));
  std::vector<double> p = to_vector(fit);
  TransferCost cost(transfer, fit.eq);
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ownership.manifold_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  ceres::Problem problem(ownership);
  problem.AddResidualBlock(&cost, nullptr, p.data());
  const BandBounds within =
      band_bounds(transfer.rate_hz, options.frequency_hz, options.max_gain_db, options.max_q);
  bound_bands(problem, p, fit.eq.bands.size(), within);
  bound(problem, p, p.size() - 1, {-1.0, 1.0});
  ResponseSteps steps(fit.eq, 2, transfer.rate_hz, within);
  if (path == StepPath::response) problem.SetManifold(p.data(), &steps);
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
