// The target curves of the equaliser benchmarks: every NAME.csv with a target_db column in a folder, on the
// grid over which errors are measured (400 points, 20 Hz to 10 kHz, log-spaced), and the bounds of the
// comparison.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "analyze/fit/curve_csv.h"
#include "analyze/fit/eq_fit.h"
#include "analyze/fit/eq_problem.h"
#include "analyze/fit/eq_target.h"

namespace aapp::bench {

struct Curve {
  std::string name;
  fit::EqTarget target;
};

inline std::vector<Curve> load_curves(const std::string& folder) {
  std::vector<Curve> curves;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".csv") continue;
    const auto curve = fit::load_curve(entry.path().string(), {.column = "target_db"});
    if (!curve) continue;  // the folder's index and the like
    curves.push_back({entry.path().stem().string(), fit::resample_log(curve->target, {20.0, 10000.0}, 400)});
  }
  std::sort(curves.begin(), curves.end(), [](const Curve& a, const Curve& b) { return a.name < b.name; });
  return curves;
}

// The bounds of every comparison here: 20 Hz to 16 kHz, Q 0.4 to 4, gain +-16 dB, free level, 48 kHz.
inline fit::EqFitOptions bounds(int bands) {
  return {.bands = bands,
          .frequency_hz = {20.0, 16000.0},
          .gain_db = {-16.0, 16.0},
          .q = {0.4, 4.0},
          .rate_hz = 48000.0};
}

// RMS error in dB at the points of the problem, level removed.
inline double rms_db(const fit::EqProblem& problem, const fit::Bands& bands) {
  double sum = 0.0;
  const std::vector<double> r = problem.residuals_db(bands);
  for (std::size_t i = 0; i < r.size(); ++i) sum += problem.weight()[i] * r[i] * r[i];
  return std::sqrt(sum);
}

}  // namespace aapp::bench
