#include "analyze/fit/compressor_search.h"

#include <algorithm>
#include <utility>

#include "analyze/fit/noise_left.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"

namespace aapp::fit {
namespace {

using dsp::StereoLink;

// A compressor whose error a filter behind it would cut to less than this share is not alone.
constexpr double kFilterMissing = 0.5;
// Error at which nothing at all is left to explain, even if there is no noise: -90 dB.
constexpr double kNothing = 1e-9;
constexpr int kFirstSteps = 10, kLastSteps = 15;
constexpr std::size_t kFinalists = 2;
constexpr int kCloseLooks = 5, kWideRounds = 2;
// A look that leaves more than this share of what is left over noise is the last: another processor than any
// of ours is never explained, however long one looks.
constexpr double kWorthALook = 0.9;

// What topologies race on; much memory, so held only while they do.
struct Raced {
  Raced(const PairSplit& split, std::span<const StereoLink> links)
      : heat(split.heat, links.first(1)), data(split.search, links) {}
  CompressorData heat, data;
};

Finalist finalist_of(const CompressorFit& fit, const PairSplit& split) {
  Finalist out{.fit = fit, .candidate = {}};
  out.candidate.model.kind = ChainKind::compressor;
  out.candidate.model.compressor = fit.topology;
  out.candidate.error = judge(out.candidate.model, split).error();
  return out;
}

// Refined on the fit excerpt; the best by the error of the waveform comes first. Not by the fit's own cost:
// the residuals of channels that have a gain each are others than those of a common gain.
std::vector<Finalist> refine(const CompressorData& data, const PairSplit& split,
                             std::vector<CompressorFit> fits, int steps, int threads) {
  fits = refine_topologies(data, std::move(fits), steps, threads);
  std::vector<Finalist> finalists(fits.size());
  parallel_for(fits.size(), threads, [&](std::size_t i) { finalists[i] = finalist_of(fits[i], split); });
  std::ranges::stable_sort(finalists, {}, [](const Finalist& f) { return f.candidate.error; });
  return finalists;
}

std::vector<CompressorFit> fits_of(const std::vector<Finalist>& finalists, std::size_t count) {
  std::vector<CompressorFit> fits;
  for (const Finalist& one : finalists) {
    if (fits.size() < count) fits.push_back(one.fit);
  }
  return fits;
}

// What the finalists of a race on the search excerpt become on the fit excerpt.
Finalist final_round(const PairSplit& split, const std::vector<CompressorFit>& fits,
                     const PairedFitOptions& options) {
  std::vector<StereoLink> used;
  for (const CompressorFit& f : fits) used.push_back(f.topology.stereo_link);
  const CompressorData data(split.fit, used);
  // The first round with the error model of what the best showed before, the second with what it shows now.
  const std::vector<Finalist> first = refine(data, split, fits, kFirstSteps, options.threads);
  return refine(data, split, fits_of(first, kFinalists), kLastSteps, options.threads).front();
}

}  // namespace

CompressorSearch::CompressorSearch(const PairSplit& split, const PairedFitOptions& options)
    : split_(split),
      options_(options),
      race_{.threads = options.threads},
      links_(possible_links(split.search.dry)) {}

const Candidate& CompressorSearch::quick() {
  fits_ = raced();
  take(finalist_of(fits_.front(), split_));
  if (!options_.aspects.eq || share_left_by_filter(best_.candidate.model, split_.fit) > kFilterMissing)
    return refined();
  return best_.candidate;
}

const Candidate& CompressorSearch::refined() {
  if (!std::exchange(refined_, true)) take(final_round(split_, fits_, options_));
  return best_.candidate;
}

void CompressorSearch::go_on_from(const Candidate& compressor) {
  take({.fit = fit_of(compressor.model.compressor), .candidate = compressor});
}

bool CompressorSearch::leaves_more_than_noise() {
  return left() > kNearNoise;
}

const Candidate& CompressorSearch::thorough() {
  const Raced on(split_, links_);
  for (int look = 0; look < kCloseLooks && left() > kNearNoise; ++look) {
    if (!take_if_better(around_best(on.data))) break;
  }
  for (int round = 0; round < kWideRounds && left() > kFarFromNoise; ++round) {
    if (!take_if_better(search_widely(on.heat, on.data, best_.fit, links_, race_))) break;
    take_if_better(around_best(on.data));
  }
  return best_.candidate;
}

std::vector<CompressorFit> CompressorSearch::raced() const {
  const Raced on(split_, links_);
  return search_topologies(on.heat, on.data, links_, race_);
}

// By what the best leaves.
std::vector<CompressorFit> CompressorSearch::around_best(const CompressorData& data) const {
  TopologySearchOptions close = race_;
  close.error = estimate_error(block_residuals(data, best_.fit.topology, best_.fit.point));
  return improve_topologies(data, {best_.fit}, links_, close);
}

void CompressorSearch::take(const Finalist& best) {
  best_ = best;
  left_.reset();
}

bool CompressorSearch::take_if_better(const std::vector<CompressorFit>& fits) {
  const double before = left();
  const Finalist other = final_round(split_, fits, options_);
  if (other.candidate.error < best_.candidate.error) take(other);
  return left() - 1.0 < kWorthALook * (before - 1.0);
}

double CompressorSearch::left() {
  if (!left_)
    left_ = best_.candidate.error < kNothing ? 0.0 : error_over_noise(best_.candidate.model, split_.fit);
  return *left_;
}

Candidate fit_compressor_only(const effects::CompressorParams& found, const PairSplit& split,
                              const PairedFitOptions& options) {
  return final_round(split, {fit_of(found)}, options).candidate;
}

}  // namespace aapp::fit
