#include "analyze/fit/dynamics_match.h"

#include <ceres/problem.h>
#include <ceres/solver.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/fit/dynamics_cost.h"
#include "analyze/fit/parallel.h"

namespace aapp::fit {

namespace {

// A compressor must bring the statistics nearer by this much, and by this share, to be worth having.
constexpr double kWorthDb = 0.1;
constexpr double kWorthShare = 0.05;

// Faster than this a compressor follows the wave rather than the level, and makes spectrum of its own.
constexpr double kLeastAttackMs = 1.0;
constexpr double kLeastReleaseMs = 30.0;

constexpr std::array kStartAttacksMs{2.0, 7.0, 30.0};
constexpr std::array kStartReleasesMs{50.0, 150.0, 500.0};
// Where a start puts its threshold: the share of the loudness that lies under it.
constexpr std::array kStartShares{0.15, 0.5, 0.85};

// Peaks of the series, in dB: what the threshold is compared with.
std::vector<float> sorted_cell_peaks(const LevelSeries& source) {
  std::vector<float> peaks;
  peaks.reserve(source.cells());
  for (std::size_t c = 0; c < source.cells(); ++c) {
    const auto first = source.level_db.begin() + static_cast<std::ptrdiff_t>(c * kStepsPerCell);
    peaks.push_back(*std::max_element(first, first + kStepsPerCell));
  }
  std::sort(peaks.begin(), peaks.end());
  return peaks;
}

// The static curve that quantile mapping asks for above a threshold: if the source's upper levels are spread
// over s dB and the reference's over r, then 1 - r / s of the spread has to go.
double mapped_slope(const DynamicsTarget& source, const DynamicsTarget& reference, double share) {
  const std::vector<double>& s = source.quantiles_db[measure::kMainScale];
  const std::vector<double>& r = reference.quantiles_db[measure::kMainScale];
  if (s.empty() || s.size() != r.size()) return 0.5;
  const auto low = static_cast<std::size_t>(share * static_cast<double>(s.size() - 1));
  const double spread_db = std::max(0.5, s.back() - s[low]);
  return std::clamp(1.0 - (r.back() - r[low]) / spread_db, 0.15, 0.85);
}

struct Candidate {
  DynamicsVector x{};
  double distance = 0.0;
};

DynamicsTarget predict(const LevelSeries& source, const DynamicsVector& x) {
  return dynamics_of(compressed_powers<double>(source, x), source.cell_rate_hz());
}

DynamicsVector solve(const DynamicsCost& cost, DynamicsVector x, const DynamicsBounds& bounds,
                     int max_iterations) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::clamp(x[i], bounds.low[i], bounds.high[i]);
  if (max_iterations == 0) return x;
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  ceres::Problem problem(ownership);
  // Ceres takes costs as mutable pointers and does not change them.
  problem.AddResidualBlock(const_cast<DynamicsCost*>(&cost), nullptr, x.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    problem.SetParameterLowerBound(x.data(), static_cast<int>(i), bounds.low[i]);
    problem.SetParameterUpperBound(x.data(), static_cast<int>(i), bounds.high[i]);
  }
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_QR;
  options.max_num_iterations = max_iterations;
  options.function_tolerance = 1e-4;
  options.logging_type = ceres::SILENT;
  options.num_threads = 1;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  return x;
}

std::vector<DynamicsVector> starts(const std::vector<float>& peaks, const DynamicsTarget& own,
                                   const DynamicsTarget& reference) {
  std::vector<DynamicsVector> all;
  for (const double share : kStartShares) {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(peaks.size() - 1));
    for (const double attack_ms : kStartAttacksMs) {
      for (const double release_ms : kStartReleasesMs)
        all.push_back({static_cast<double>(peaks[index]), mapped_slope(own, reference, share), 6.0,
                       std::log(attack_ms), std::log(release_ms)});
    }
  }
  return all;
}

// Looks at all starts, takes the better ones a few steps, the best few of those to the end; the one whose
// statistics are nearest.
Candidate search(const LevelSeries& source, const DynamicsTarget& reference, const DynamicsBounds& bounds,
                 std::vector<DynamicsVector> from, int threads) {
  struct Round {
    int steps;
    std::size_t kept;
  };
  constexpr std::array kRounds{Round{0, 6}, Round{4, 2}, Round{20, 1}};
  const DynamicsCost cost(source, reference);
  Candidate best{.distance = std::numeric_limits<double>::infinity()};
  for (const Round& round : kRounds) {
    std::vector<Candidate> found(from.size());
    parallel_for(from.size(), threads, [&](std::size_t i) {
      found[i].x = solve(cost, from[i], bounds, round.steps);
      found[i].distance = dynamics_distance(reference, predict(source, found[i].x));
    });
    std::stable_sort(found.begin(), found.end(),
                     [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; });
    if (found.front().distance < best.distance) best = found.front();
    from.clear();
    for (std::size_t i = 0; i < std::min(round.kept, found.size()); ++i) from.push_back(found[i].x);
  }
  return best;
}

std::string none_remark(double reference_spread_db, double source_spread_db) {
  if (reference_spread_db > source_spread_db) {
    return fmt::format(
        "The reference is less compressed than the source (50 ms levels lie {:.1f} dB from their median on "
        "average, against {:.1f} dB); a compressor can only narrow them, so none is used.",
        reference_spread_db, source_spread_db);
  }
  return "No compressor brings the source's levels clearly nearer to the reference's, so none is used.";
}

}  // namespace

DynamicsBounds dynamics_bounds(double loudest_db, double max_ratio) {
  return {.low = {loudest_db - measure::kLevelRangeDb, 0.0, 0.0, std::log(kLeastAttackMs),
                  std::log(kLeastReleaseMs)},
          .high = {loudest_db, dsp::ratio_to_slope(max_ratio), 18.0, std::log(120.0), std::log(1500.0)}};
}

effects::CompressorParams to_compressor(const DynamicsVector& x) {
  return {.threshold_db = x[0],
          .ratio = dsp::slope_to_ratio(x[1]),
          .knee_db = x[2],
          .attack_ms = std::exp(x[3]),
          .release_ms = std::exp(x[4])};
}

DynamicsMatch match_dynamics(const LevelSeries& source, const DynamicsTarget& reference,
                             const DynamicsOptions& options) {
  const DynamicsTarget own =
      dynamics_of(std::vector<double>(source.power.begin(), source.power.end()), source.cell_rate_hz());
  DynamicsMatch match{.compressor = {}, .remark = {}};
  match.before_db = match.after_db = quantile_distance_db(reference, own, measure::kMainScale);
  if (own.quantiles_db[measure::kMainScale].empty() || reference.quantiles_db[measure::kMainScale].empty()) {
    match.remark = "The recordings are too short to compare their dynamics, so no compressor is used.";
    return match;
  }
  const std::vector<float> peaks = sorted_cell_peaks(source);
  const DynamicsBounds bounds = dynamics_bounds(static_cast<double>(peaks.back()), options.max_ratio);
  const Candidate best =
      search(source, reference, bounds,
             options.start ? std::vector{to_dynamics_vector(*options.start)} : starts(peaks, own, reference),
             options.threads);
  const double after_db = quantile_distance_db(reference, predict(source, best.x), measure::kMainScale);
  if (match.before_db - after_db < std::max(kWorthDb, kWorthShare * match.before_db)) {
    match.remark = none_remark(reference.spread_db(), own.spread_db());
    return match;
  }
  match.compressor = to_compressor(best.x);
  match.after_db = after_db;
  match.remark =
      fmt::format("A compressor brings the 50 ms levels from {:.2f} dB to {:.2f} dB of the reference's.",
                  match.before_db, match.after_db);
  return match;
}

// From the Jacobian of the statistics alone, without the priors.
UncertaintyReport dynamics_uncertainty(const LevelSeries& source, const DynamicsTarget& reference,
                                       const effects::CompressorParams& compressor,
                                       const DynamicsOptions& options) {
  const DynamicsCost cost(source, reference);
  const DynamicsVector x = to_dynamics_vector(compressor);
  const DynamicsBounds bounds =
      dynamics_bounds(static_cast<double>(sorted_cell_peaks(source).back()), options.max_ratio);
  const auto rows = static_cast<std::size_t>(cost.num_residuals());
  const std::size_t n = kDynamicsCoordinates;
  const std::size_t data_rows = rows - n;
  std::vector<double> residuals(rows), jacobian(rows * n);
  const double* parameters = x.data();
  double* jacobians = jacobian.data();
  cost.Evaluate(&parameters, residuals.data(), &jacobians);

  const effects::CompressorParams& p = compressor;
  UncertaintyProblem problem;
  const auto ratio = [](double slope) { return dsp::slope_to_ratio(slope); };
  problem.parameters = {
      {"threshold_db", p.threshold_db, Coordinate::linear, {bounds.low[0], bounds.high[0]}, 6.0},
      {"ratio",
       p.ratio,
       Coordinate::logarithmic,
       {ratio(bounds.low[1]), ratio(bounds.high[1])},
       std::log(2.0)},
      {"knee_db", p.knee_db, Coordinate::linear, {bounds.low[2], bounds.high[2]}, 12.0},
      {"attack_ms",
       p.attack_ms,
       Coordinate::logarithmic,
       {std::exp(bounds.low[3]), std::exp(bounds.high[3])},
       std::log(3.0)},
      {"release_ms",
       p.release_ms,
       Coordinate::logarithmic,
       {std::exp(bounds.low[4]), std::exp(bounds.high[4])},
       std::log(3.0)}};
  // The solver moves the slope, people read the ratio: d slope / d ln ratio = 1 / ratio.
  for (std::size_t i = 0; i < data_rows; ++i) jacobian[i * n + 1] /= p.ratio;
  problem.normal_matrix.assign(n * n, 0.0);
  for (std::size_t i = 0; i < data_rows; ++i) {
    problem.residual_sum_squares += residuals[i] * residuals[i];
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b < n; ++b)
        problem.normal_matrix[a * n + b] += jacobian[i * n + a] * jacobian[i * n + b];
    }
  }
  problem.independent_residuals = effective_count({residuals.data(), data_rows});
  return estimate_uncertainty(problem);
}

}  // namespace aapp::fit
