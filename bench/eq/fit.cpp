// The equaliser fit over a folder of curves: error and CPU time of the whole fit, of its first answer, and of
// 3000 steps of a first-order optimiser (AdaBelief, Zhuang et al. 2020) from the same seeds with the same
// derivatives, for 5, 8 and 10 bands. bench/eq_fit runs it beside SciPy.
//
//   eq_fit_bench FOLDER_OF_CURVES      one line of JSON per number of bands
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "analyze/fit/eq_seeds.h"
#include "bench/cpu_time.h"
#include "bench/eq/curves.h"

namespace aapp::bench {

namespace {

using fit::Bands;
using fit::EqProblem;

// AdaBelief: momentum over the variance of the gradient's prediction error; clamped to the bounds after each
// step.
Bands first_order(const EqProblem& problem, Bands bands, int steps) {
  constexpr double kRate = 0.03, kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
  const std::size_t n = fit::kParametersPerBand * bands.size();
  std::vector<double> x(n), mean(n, 0.0), spread(n, 0.0);
  fit::GaussNewton normal;
  for (int t = 1; t <= steps; ++t) {
    problem.gauss_newton(bands, normal);
    fit::to_coordinates(bands, x);
    for (std::size_t k = 0; k < n; ++k) {
      const double g = normal.gradient(static_cast<Eigen::Index>(k));
      mean[k] = kBeta1 * mean[k] + (1.0 - kBeta1) * g;
      spread[k] = kBeta2 * spread[k] + (1.0 - kBeta2) * (g - mean[k]) * (g - mean[k]) + kEpsilon * kEpsilon;
      const double m = mean[k] / (1.0 - std::pow(kBeta1, t));
      const double s = spread[k] / (1.0 - std::pow(kBeta2, t));
      x[k] -= kRate * m / (std::sqrt(s) + kEpsilon);
    }
    fit::from_coordinates(x, bands);
    for (effects::EqBand& band : bands) band = problem.clamp(band);
  }
  return bands;
}

// Peeled bands without any refit: where a plain optimiser would start.
Bands plain_seeds(const fit::EqSeeds& dictionary, int count) {
  fit::Random unused(0);
  Bands bands;
  while (static_cast<int>(bands.size()) < count) bands.push_back(dictionary.next_band(bands, 1, unused));
  return bands;
}

struct Row {
  double rms_db = 0.0, cpu_s = 0.0;
};

template <class Work>
Row measure(const Work& work) {
  const double start = cpu_s();
  const double rms = work();
  return {rms, cpu_s() - start};
}

nlohmann::ordered_json mean_of(const std::vector<Row>& rows) {
  Row sum;
  for (const Row& r : rows) sum.rms_db += r.rms_db, sum.cpu_s += r.cpu_s;
  const auto n = static_cast<double>(rows.size());
  return {{"mean_rms_db", sum.rms_db / n}, {"mean_cpu_s", sum.cpu_s / n}};
}

int run(const std::string& folder) {
  const std::vector<Curve> curves = load_curves(folder);
  for (const int count : {5, 8, 10}) {
    std::vector<Row> whole, first, descent;
    nlohmann::ordered_json by_curve;
    for (const Curve& curve : curves) {
      fit::EqFitOptions options = bounds(count);
      options.threads = 1;
      const EqProblem problem(curve.target, options);
      whole.push_back(measure([&] { return fit::fit_eq(curve.target, options)->error.rms_db; }));
      by_curve[curve.name] = whole.back().rms_db;
      options.chains = 1;
      options.search_steps = 0;
      first.push_back(measure([&] { return fit::fit_eq(curve.target, options)->error.rms_db; }));
      const Bands seeds = plain_seeds(fit::EqSeeds(problem), count);
      descent.push_back(measure([&] { return rms_db(problem, first_order(problem, seeds, 3000)); }));
    }
    fmt::print("{}\n", nlohmann::ordered_json{{"bands", count},
                                              {"curves", curves.size()},
                                              {"fit", mean_of(whole)},
                                              {"first_answer", mean_of(first)},
                                              {"adabelief_3000", mean_of(descent)},
                                              {"fit_rms_db", by_curve}}
                           .dump());
  }
  return 0;
}

}  // namespace

}  // namespace aapp::bench

int main(int argc, char** argv) {
  if (argc == 2) return aapp::bench::run(argv[1]);
  fmt::print(stderr, "usage: eq_fit_bench FOLDER_OF_CURVES\n");
  return 2;
}
