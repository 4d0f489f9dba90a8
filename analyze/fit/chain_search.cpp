#include "analyze/fit/chain_search.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/fit/gain_separation.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

using dsp::StereoLink;

// Held-out error at which nothing audible is left to explain: a gain alone, -75 dB; an equaliser alone, -60
// dB; a compressor alone, -50 dB.
constexpr double kExactGain = 3e-8, kExactEq = 1e-6, kExactCompressor = 1e-5;
// Where a moving gain and a filter together leave less than this share of what one of them leaves, the other
// is there for sure.
constexpr double kSure = 0.25;
// And more than this: it is not there.
constexpr double kNoTrace = 0.98;

void judge(Candidate& candidate, const PairSplit& split) {
  candidate.held_out_error = model_error(candidate.model, split.held_out);
}

Candidate fit_gain_only(const PairSplit& split, const PairedFitOptions& options) {
  constexpr double kNoGainDb = 0.003;
  double xx = 0.0, xy = 0.0;
  for (int c = 0; c < split.fit.dry.channels(); ++c) {
    const auto x = split.fit.dry.channel(c), y = split.fit.wet.channel(c);
    for (std::size_t n = split.fit.warm_up_frames; n < x.size(); ++n) {
      if (is_clipped(y[n])) continue;
      xx += static_cast<double>(x[n]) * x[n];
      xy += static_cast<double>(x[n]) * y[n];
    }
  }
  Candidate candidate;
  const double gain_db = xy > 0.0 && options.aspects.level ? gain_to_db(xy / xx) : 0.0;
  if (std::abs(gain_db) > kNoGainDb)
    candidate.model = {.kind = ChainKind::gain, .eq = {}, .gain_db = gain_db, .compressor = {}};
  judge(candidate, split);
  return candidate;
}

Result<Candidate> fit_eq_only(const PairSplit& split, const PairedFitOptions& options) {
  const Result<PairedEq> eq = fit_paired_eq(measure_transfer(split.fit.dry, split.fit.wet, split.fit.rate_hz),
                                            BandSearch::thorough, options);
  if (!eq) return tl::unexpected(eq.error());
  Candidate candidate;
  candidate.model.kind = ChainKind::eq;
  candidate.model.eq = eq->eq;
  candidate.model.gain_db = options.aspects.level ? eq->gain_db : 0.0;
  candidate.eq = *eq;
  judge(candidate, split);
  return candidate;
}

// Race on the search excerpt, refinement on the fit excerpt; of the finalists the one that held-out audio
// speaks for.
Candidate fit_compressor_only(const PairSplit& split, std::vector<CompressorFit> fits,
                              const PairedFitOptions& options) {
  std::vector<StereoLink> used;
  for (const CompressorFit& f : fits) used.push_back(f.topology.stereo_link);
  fits = refine_topologies(CompressorData(split.fit, used), std::move(fits), options.threads);
  std::vector<Candidate> candidates(fits.size());
  parallel_for(fits.size(), options.threads, [&](std::size_t i) {
    candidates[i].model.kind = ChainKind::compressor;
    candidates[i].model.compressor = fits[i].topology;
    judge(candidates[i], split);
  });
  return *std::ranges::min_element(candidates, {}, &Candidate::held_out_error);
}

std::vector<CompressorFit> race_topologies(const PairSplit& split, const PairedFitOptions& options) {
  const std::vector<StereoLink> links = possible_links(split.search.dry);
  const CompressorData heat(split.heat, std::span(links).first(1)), data(split.search, links);
  return search_topologies(heat, data, links, {.threads = options.threads});
}

bool allowed(ChainKind kind, const PairedFitOptions& options) {
  if (has_eq(kind) && !options.aspects.eq) return false;
  if (has_compressor(kind) && !options.aspects.dynamics) return false;
  if (kind == ChainKind::eq_then_compressor) return options.order != OrderChoice::comp_first;
  if (kind == ChainKind::compressor_then_eq) return options.order != OrderChoice::eq_first;
  return true;
}

// The simplest of the candidates, in order of complexity, that no more complex one beats by a worthwhile
// margin.
const Candidate& simplest_good(const std::vector<Candidate>& candidates) {
  std::size_t chosen = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    const bool as_complex = candidates[i].model.kind > ChainKind::compressor &&
                            candidates[chosen].model.kind > ChainKind::compressor;
    const double limit = (as_complex ? 1.0 : kWorthwhile) * candidates[chosen].held_out_error;
    if (candidates[i].held_out_error < limit) chosen = i;
  }
  return candidates[chosen];
}

// Both orders, and of these the better one refined.
Result<void> add_both(std::vector<Candidate>& candidates, const PairSplit& split,
                      const GainSeparation& separation, const PairedFitOptions& options) {
  std::vector<ChainKind> kinds;
  for (const ChainKind kind : {ChainKind::eq_then_compressor, ChainKind::compressor_then_eq}) {
    if (allowed(kind, options)) kinds.push_back(kind);
  }
  if (kinds.empty()) return {};
  const Result<ChainModel> found = search_chain(kinds, split, separation, options);
  if (!found) return tl::unexpected(found.error());
  // Its compressor alone: where the equaliser turned out flat, the search with it was only a second look at
  // the topology.
  CompressorFit alone;
  alone.topology = found->compressor;
  alone.point = to_point(alone.topology);
  if (separation.error > kSure * separation.gain_error)
    candidates.push_back(fit_compressor_only(split, {alone}, options));
  std::array<Candidate, 2> both;
  both[0].model = *found;
  const Result<ChainModel> refined = refine_chain(*found, split, options);
  if (!refined) return tl::unexpected(refined.error());
  both[1].model = *refined;
  for (Candidate& one : both) judge(one, split);
  candidates.push_back(both[both[1].held_out_error < both[0].held_out_error ? 1 : 0]);
  return {};
}

}  // namespace

Result<Candidate> find_chain(const PairSplit& split, const PairedFitOptions& options) {
  std::vector<Candidate> candidates{fit_gain_only(split, options)};
  if (candidates.back().held_out_error <= kExactGain) return candidates.back();
  const GainSeparation separation = separate_gain(short_excerpt(split.fit));
  const bool may_compress = allowed(ChainKind::compressor, options);
  const bool may_equalise = allowed(ChainKind::eq, options);
  if (may_equalise && (!may_compress || separation.error > kSure * separation.filter_error)) {
    const Result<Candidate> found = fit_eq_only(split, options);
    if (!found) return tl::unexpected(found.error());
    if (!found->model.eq.bands.empty()) candidates.push_back(*found);
    if (simplest_good(candidates).held_out_error <= kExactEq) return simplest_good(candidates);
  }
  if (!may_compress || separation.error > kNoTrace * separation.filter_error)
    return simplest_good(candidates);
  if (!may_equalise || separation.error > kSure * separation.gain_error) {
    candidates.push_back(fit_compressor_only(split, race_topologies(split, options), options));
    if (!may_equalise || candidates.back().held_out_error <= kExactCompressor ||
        !filter_would_help(candidates.back().model, split.fit))
      return simplest_good(candidates);
  }
  if (const Result<void> done = add_both(candidates, split, separation, options); !done)
    return tl::unexpected(done.error());
  return simplest_good(candidates);
}

}  // namespace aapp::fit
