#include "analyze/fit/eq_seeds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "analyze/fit/eq_shelves.h"
#include "analyze/fit/eq_target.h"

namespace aapp::fit {

namespace {

constexpr double kAtomGainDb = 3.0;
constexpr std::size_t kPeakFrequencies = 64;
constexpr std::size_t kEdgeFrequencies = 24;
constexpr std::array kPeakQs{0.5, 0.9, 1.5, 2.5, 4.0};
constexpr std::array kEdgeQs{0.5, 0.7071};

EqShapes::Use use_of(const EqShapes& shapes, dsp::BandType type) {
  switch (type) {
    case dsp::BandType::peak:
      return shapes.peaks;
    case dsp::BandType::low_shelf:
      return shapes.low_shelf;
    case dsp::BandType::high_shelf:
      return shapes.high_shelf;
    case dsp::BandType::low_pass:
      return shapes.low_pass;
    case dsp::BandType::high_pass:
      return shapes.high_pass;
    default:
      return EqShapes::Use::never;
  }
}

}  // namespace

EqSeeds::EqSeeds(const EqProblem& problem) : problem_(problem) {
  add_atoms(dsp::BandType::peak, kPeakFrequencies, kPeakQs);
  for (const auto type : {dsp::BandType::low_shelf, dsp::BandType::high_shelf, dsp::BandType::low_pass,
                          dsp::BandType::high_pass}) {
    add_atoms(type, kEdgeFrequencies, kEdgeQs);
  }
}

void EqSeeds::add_atoms(dsp::BandType type, std::size_t frequencies, std::span<const double> qs) {
  if (use_of(problem_.options().shapes, type) == EqShapes::Use::never) return;
  const std::vector<double>& weight = problem_.weight();
  for (const double f_hz : log_grid(problem_.options().frequency_hz, frequencies)) {
    for (const double q : qs) {
      const effects::EqBand band = problem_.clamp(
          {.type = type, .frequency_hz = f_hz, .gain_db = kAtomGainDb, .q = q, .enabled = true});
      Atom atom{.band = band, .shape = std::vector<double>(weight.size()), .norm = 0.0};
      problem_.model().response_db({&band, 1}, atom.shape);
      const double mean = std::inner_product(weight.begin(), weight.end(), atom.shape.begin(), 0.0);
      for (std::size_t i = 0; i < weight.size(); ++i) {
        atom.norm += weight[i] * (atom.shape[i] - mean) * (atom.shape[i] - mean);
      }
      atom.norm = std::sqrt(atom.norm);
      if (!(atom.norm > 1e-6)) continue;
      for (std::size_t i = 0; i < weight.size(); ++i)
        atom.shape[i] = weight[i] * (atom.shape[i] - mean) / atom.norm;
      atoms_.push_back(std::move(atom));
    }
  }
}

bool EqSeeds::allowed(dsp::BandType type, const Bands& bands) const {
  if (type == dsp::BandType::peak) return true;
  int shelves = 0;
  for (const effects::EqBand& band : bands) {
    if (band.type == type) return false;
    shelves += is_shelf(band.type) ? 1 : 0;
  }
  return !is_shelf(type) || shelves < problem_.options().shapes.max_shelves;
}

effects::EqBand EqSeeds::next_band(const Bands& bands, std::size_t choices, Random& random) const {
  const std::vector<double> residual = problem_.residuals_db(bands);
  struct Score {
    double gain;  // decrease of the mean square error
    double coefficient;
    std::size_t atom;
  };
  std::vector<Score> scores;
  scores.reserve(atoms_.size());
  for (std::size_t a = 0; a < atoms_.size(); ++a) {
    if (!allowed(atoms_[a].band.type, bands)) continue;
    const double c = -std::inner_product(residual.begin(), residual.end(), atoms_[a].shape.begin(), 0.0);
    // A pass is what it is: no gain makes it fit better.
    const double fixed = atoms_[a].norm;
    scores.push_back({dsp::has_gain(atoms_[a].band.type) ? c * c : fixed * (2.0 * c - fixed), c, a});
  }
  const std::size_t kept = std::min(choices, scores.size());
  std::partial_sort(
      scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(kept), scores.end(),
      [](const Score& a, const Score& b) { return a.gain != b.gain ? a.gain > b.gain : a.atom < b.atom; });
  const Score& chosen = scores[kept > 1 ? random.below(kept) : 0];
  effects::EqBand band = atoms_[chosen.atom].band;
  band.gain_db = kAtomGainDb * chosen.coefficient / atoms_[chosen.atom].norm;
  return problem_.clamp(band);
}

std::vector<EqSolution> EqSeeds::peel(int count, const EqSolveOptions& refit) const {
  std::vector<EqSolution> path;
  Random unused(0);
  Bands bands;
  for (int n = 0; n < count; ++n) {
    bands.push_back(next_band(bands, 1, unused));
    path.push_back(solve_eq(problem_, bands, refit));
    bands = path.back().bands;
  }
  return path;
}

}  // namespace aapp::fit
