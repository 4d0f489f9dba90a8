// How good can N bands be? For every curve, two answers without any restraint on the bands: the best of 500
// starts of a plain solver from random bands, and the best of a search twice as long as the fit's own. The
// result is kept in bench/eq_exhaustive.json, so that what the quick fit leaves on the table stays visible.
//
//   eq_exhaustive_bench FOLDER_OF_CURVES > bench/eq_exhaustive.json
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "analyze/fit/eq_search.h"
#include "analyze/fit/parallel.h"
#include "bench/eq/curves.h"

namespace aapp::bench {

namespace {

using fit::Bands;
using fit::EqProblem;

constexpr int kRandomStarts = 500;
constexpr std::size_t kThinned = 160;
constexpr std::size_t kRefined = 5;
constexpr int kThreads = 2;

Bands random_bands(int count, fit::Random& random) {
  Bands bands;
  for (int b = 0; b < count; ++b) {
    using dsp::BandType;
    const BandType type = b == 0 ? BandType::low_shelf : b == 1 ? BandType::high_shelf : BandType::peak;
    bands.push_back({.type = type,
                     .frequency_hz = random.log_uniform(20.0, 10000.0),
                     .gain_db = random.uniform(-6.0, 6.0),
                     .q = random.log_uniform(0.4, 4.0)});
  }
  return bands;
}

// Two shelves and peaks at random, no restraint, every start solved to the end.
// The best minimum on the whole curve of those found on its thinned twin.
double refined(const Curve& curve, const fit::EqFitOptions& options, const std::vector<Bands>& found) {
  const EqProblem whole(curve.target, options);
  double best = 1e9;
  for (const Bands& bands : found) {
    best = std::min(best, rms_db(whole, fit::solve_eq(whole, bands, {.max_iterations = 300}).bands));
  }
  return best;
}

// Two shelves and peaks at random, every start solved to the end; the best five are refined.
double best_of_random_starts(const Curve& curve, const fit::EqFitOptions& options) {
  const EqProblem thinned(fit::thin(curve.target, kThinned), options);
  std::vector<fit::EqSolution> found(kRandomStarts);
  fit::parallel_for(found.size(), kThreads, [&](std::size_t i) {
    fit::Random random = fit::random_stream(2024, i);
    found[i] = fit::solve_eq(thinned, random_bands(options.bands, random), {.max_iterations = 300});
  });
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.cost < b.cost; });
  std::vector<Bands> best;
  for (std::size_t i = 0; i < kRefined; ++i) best.push_back(found[i].bands);
  return refined(curve, options, best);
}

double best_of_long_search(const Curve& curve, const fit::EqFitOptions& options) {
  const EqProblem thinned(fit::thin(curve.target, kThinned), options);
  const auto found = fit::search_eq(thinned, fit::EqSeeds(thinned), static_cast<std::size_t>(options.bands),
                                    {}, {.chains = 16, .steps = 200, .seed = 1001, .threads = kThreads});
  std::vector<Bands> best;
  for (std::size_t i = 0; i < kRefined; ++i) best.push_back(found.best[i].bands);
  return refined(curve, options, best);
}

int run(const std::string& folder) {
  nlohmann::ordered_json document{{"what",
                                   "RMS error in dB, 400 log-spaced points of 20 Hz to 10 kHz, level "
                                   "removed; f 20 Hz to 16 kHz, Q 0.4 to 4, "
                                   "gain +-16 dB, 48 kHz"},
                                  {"random_starts", kRandomStarts}};
  for (const Curve& curve : load_curves(folder)) {
    for (const int count : {5, 8, 10}) {
      fit::EqFitOptions plain = bounds(count);
      plain.restraint = 0.0;
      const double random = best_of_random_starts(curve, plain);
      const double search = best_of_long_search(curve, plain);
      document["curves"][curve.name][std::to_string(count)] = {
          {"best_of_random_starts", std::round(random * 1e5) / 1e5},
          {"long_search", std::round(search * 1e5) / 1e5}};
      fmt::print(stderr, "{} {}: {:.4f} {:.4f}\n", curve.name, count, random, search);
    }
  }
  fmt::print("{}\n", document.dump(1));
  return 0;
}

}  // namespace

}  // namespace aapp::bench

int main(int argc, char** argv) {
  if (argc == 2) return aapp::bench::run(argv[1]);
  fmt::print(stderr, "usage: eq_exhaustive_bench FOLDER_OF_CURVES\n");
  return 2;
}
