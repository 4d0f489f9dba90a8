// What one start of a ten-band fit costs: ours (EqCost: normal equations of a once-differentiated formula)
// and a plain Ceres solve of the same problem, in which every frequency runs the formula on Jets. The same
// starts, bounds and stopping rule; no restraint on either side.
//
//   eq_per_start_bench FOLDER_OF_CURVES [STARTS]      one line of JSON
#include <ceres/ceres.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "analyze/fit/eq_solve.h"
#include "analyze/fit/random.h"
#include "bench/cpu_time.h"
#include "bench/eq/curves.h"
#include "common/dsp/biquad_response.h"

namespace aapp::bench {

namespace {

using fit::Bands;
using fit::EqProblem;

constexpr int kBands = 10;
constexpr int kParameters = static_cast<int>(fit::kParametersPerBand) * kBands + 1;  // and the level

// All points of the curve as one residual block, as Ceres' documentation would write it.
struct PlainResiduals {
  const fit::EqTarget& target;
  const std::vector<double>& weight;
  const Bands& types;
  double rate_hz;

  template <class T>
  bool operator()(const T* x, T* residuals) const {
    std::array<dsp::PowerPolynomials<T>, kBands> power;
    for (std::size_t b = 0; b < kBands; ++b) {
      power[b] = dsp::power_polynomials(
          dsp::design_biquad(types[b].type, exp(x[3 * b]), x[3 * b + 1], exp(x[3 * b + 2]), rate_hz));
    }
    for (std::size_t i = 0; i < target.frequency_hz.size(); ++i) {
      const double phi = dsp::response_phi(target.frequency_hz[i], rate_hz);
      T sum_db = x[kParameters - 1] - target.gain_db[i];
      for (const auto& p : power) sum_db += power_to_db(dsp::power_response(p, phi));
      residuals[i] = std::sqrt(weight[i]) * sum_db;
    }
    return true;
  }
};

Bands plain_solve(const fit::EqTarget& target, const EqProblem& problem, Bands bands) {
  std::array<double, kParameters> x{};
  fit::to_coordinates(bands, {x.data(), kParameters - 1});
  x.back() = problem.offset_db(bands);
  ceres::Problem ceres_problem;
  ceres_problem.AddResidualBlock(
      new ceres::AutoDiffCostFunction<PlainResiduals, ceres::DYNAMIC, kParameters>(
          new PlainResiduals{target, problem.weight(), bands, problem.options().rate_hz},
          static_cast<int>(target.frequency_hz.size())),
      nullptr, x.data());
  for (std::size_t b = 0; b < kBands; ++b) {
    const EqProblem::Bounds bounds = problem.bounds(bands[b].type);
    const std::array ranges{bounds.ln_f, bounds.gain_db, bounds.ln_q};
    for (std::size_t k = 0; k < ranges.size(); ++k) {
      const auto index = static_cast<int>(3 * b + k);
      ceres_problem.SetParameterLowerBound(x.data(), index, ranges[k].low);
      ceres_problem.SetParameterUpperBound(x.data(), index, ranges[k].high);
    }
  }
  const fit::EqSolveOptions same;
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_QR;
  options.max_num_iterations = same.max_iterations;
  options.function_tolerance = same.tolerance;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &ceres_problem, &summary);
  fit::from_coordinates({x.data(), kParameters - 1}, bands);
  return bands;
}

// Ten bands spread at random over the octaves, with gains and Qs inside the bounds.
Bands random_start(const EqProblem& problem, fit::Random& random) {
  Bands bands(kBands);
  for (effects::EqBand& band : bands) {
    const EqProblem::Bounds b = problem.bounds(band.type);
    band.frequency_hz = std::exp(random.uniform(b.ln_f.low, b.ln_f.high));
    band.gain_db = random.uniform(-6.0, 6.0);
    band.q = std::exp(random.uniform(b.ln_q.low, b.ln_q.high));
  }
  return bands;
}

struct Total {
  double cpu_s = 0.0, rms_db = 0.0;
};

int run(const std::string& folder, int starts) {
  Total ours, plain;
  int solves = 0;
  fit::Random random(1);
  for (const Curve& curve : load_curves(folder)) {
    fit::EqFitOptions options = bounds(kBands);
    options.restraint = 0.0;
    const EqProblem problem(curve.target, options);
    for (int s = 0; s < starts; ++s, ++solves) {
      const Bands start = random_start(problem, random);
      const double t0 = cpu_s();
      const Bands a = fit::solve_eq(problem, start, {}).bands;
      const double t1 = cpu_s();
      const Bands b = plain_solve(curve.target, problem, start);
      const double t2 = cpu_s();
      ours.cpu_s += t1 - t0, plain.cpu_s += t2 - t1;
      ours.rms_db += rms_db(problem, a), plain.rms_db += rms_db(problem, b);
    }
  }
  const auto mean = [solves](const Total& t) {
    return nlohmann::ordered_json{{"mean_cpu_ms", 1e3 * t.cpu_s / solves},
                                  {"mean_rms_db", t.rms_db / solves}};
  };
  fmt::print("{}\n", nlohmann::ordered_json{{"bands", kBands},
                                            {"starts", solves},
                                            {"ours", mean(ours)},
                                            {"plain_autodiff", mean(plain)},
                                            {"cpu_ratio", ours.cpu_s / plain.cpu_s}}
                         .dump());
  return 0;
}

}  // namespace

}  // namespace aapp::bench

int main(int argc, char** argv) {
  if (argc == 2 || argc == 3) return aapp::bench::run(argv[1], argc == 3 ? std::atoi(argv[2]) : 10);
  fmt::print(stderr, "usage: eq_per_start_bench FOLDER_OF_CURVES [STARTS]\n");
  return 2;
}
