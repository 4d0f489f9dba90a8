#include "analyze/fit/paired_eq.h"

#include <ceres/ceres.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

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

// (A library's division guards against overflow, at several times the cost.) Of 0, where a pass lets nothing
// through: 0.
Complex reciprocal(Complex x) {
  return std::conj(x) / std::max(std::norm(x), std::numeric_limits<double>::min());
}

// A band at one frequency.
class BandAt {
 public:
  BandAt(const dsp::BiquadCoefficients<Jet>& band, Complex z1, Complex z2)
      : band_(band),
        z1_(z1),
        z2_(z2),
        b_(band.b0.a + band.b1.a * z1 + band.b2.a * z2),
        per_a_(reciprocal(1.0 + band.a1.a * z1 + band.a2.a * z2)) {}

  Complex response() const { return b_ * per_a_; }
  // The derivatives of its logarithm by the band's three coordinates.
  void derive(Complex* ln_by) const {
    const Complex per_b = reciprocal(b_);
    for (int i = 0; i < 3; ++i) {
      const Complex db = band_.b0.v[i] + band_.b1.v[i] * z1_ + band_.b2.v[i] * z2_;
      const Complex da = band_.a1.v[i] * z1_ + band_.a2.v[i] * z2_;
      ln_by[i] = db * per_b - da * per_a_;
    }
  }

 private:
  const dsp::BiquadCoefficients<Jet>& band_;
  Complex z1_, z2_, b_, per_a_;
};

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
      z1_.push_back(std::polar(1.0, -frequency(i)));
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
      const Complex z1 = z1_[i], z2 = z1 * z1;
      Complex h = gain * std::polar(1.0, -frequency(i) * delay);
      for (std::size_t b = 0; b < bands; ++b) {
        const BandAt band(designs[b], z1, z2);
        h *= band.response();
        if (jacobian != nullptr) band.derive(ln_by.data() + 3 * b);
      }
      const double root = std::sqrt(transfer_.xx[i]) * weight_[i];
      const Complex residual = (transfer_.xy[i] / transfer_.xx[i] - h) * root;
      residuals[2 * i] = residual.real();
      residuals[2 * i + 1] = residual.imag();
      if (jacobian == nullptr) continue;
      ln_by[parameters - 2] = kNeperPerDb;
      ln_by[parameters - 1] = Complex(0.0, -frequency(i));
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
  double frequency(std::size_t i) const { return 2.0 * kPi * transfer_.frequency_hz[i] / transfer_.rate_hz; }

  const Transfer& transfer_;
  const effects::EqParams& eq_;
  std::vector<double> weight_;
  std::vector<Complex> z1_;  // z^-1 at every frequency
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

PairedEq moved(const Transfer& transfer, const PairedEq& start, StepPath path, int most_steps,
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
  bound_bands(problem, p, fit.eq, within);
  bound(problem, p, p.size() - 2, kFilterLevelDb);
  bound(problem, p, p.size() - 1, {-1.0, 1.0});
  ResponseSteps steps(fit.eq, 2, transfer.rate_hz, within);
  if (path == StepPath::response) problem.SetManifold(p.data(), &steps);
  ceres::Solver::Options solver;
  solver.linear_solver_type = ceres::DENSE_NORMAL_CHOLESKY;
  solver.max_num_iterations = most_steps;
  solver.function_tolerance = 1e-10;
  solver.max_num_line_search_step_size_iterations = 0;
  solver.num_threads = 1;
  solver.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(solver, &problem, &summary);
  from_vector(p, fit);
  fit.residuals = static_cast<double>(cost.num_residuals());
  fit.cost = 2.0 * summary.final_cost / fit.residuals;
  fit.start_cost = 2.0 * summary.initial_cost / fit.residuals;
  fill_normal_matrix(problem, fit);
  return fit;
}

}  // namespace

PairedEq refine_paired_eq(const Transfer& transfer, const PairedEq& start, StepPath path,
                          const PairedFitOptions& options) {
  return moved(transfer, start, path, kMaxIterations, options);
}

PairedEq measure_paired_eq(const Transfer& transfer, const effects::EqParams& eq, double gain_db,
                           const PairedFitOptions& options) {
  PairedEq known;
  known.eq = eq, known.gain_db = gain_db;
  return moved(transfer, known, StepPath::coordinates, 0, options);
}

}  // namespace aapp::fit
