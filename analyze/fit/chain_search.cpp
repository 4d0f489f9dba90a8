#include "analyze/fit/chain_search.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/chain_fit.h"
#include "analyze/fit/chain_moves.h"
#include "analyze/fit/compressor_search.h"
#include "analyze/fit/flat_band.h"
#include "analyze/fit/noise_left.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

// Error at which nothing audible is left to explain: a gain alone, -75 dB; an equaliser alone, -60
// dB; a compressor alone, -50 dB.
constexpr double kExactGain = 3e-8, kExactEq = 1e-6, kExactCompressor = 1e-5;
// Where a moving gain and a filter together leave less than this share of what one of them leaves, the other
// is there for sure.
constexpr double kSure = 0.25;
// And more than this: it is not there.
constexpr double kNoTrace = 0.98;
// And less than this: it is likely there, and to be looked for first. A chain that leaves less than the
// second share of what any filter would needs no comparison with one.
constexpr double kLikely = 0.6, kFarBetter = 0.1;
// Where any filter, however free, leaves more than this, an equaliser alone is not looked for first.
constexpr double kBeyondFilters = 1e-3;
// Orders whose errors after the search differ by less than this are told apart by refining both.
constexpr double kNearlyAsGood = 4.0;
// A compressor without which no more than this is left, of what is left with it, is none.
constexpr double kIdle = 1.02;
// An equaliser whose bands all have less gain than this may be none.
constexpr double kFlatDb = 1.0;

// A chain that leaves this many times as much of held-out audio as of what it was fitted to has something
// wrong that did not matter there.
constexpr double kFallsShort = 4.0;

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
  candidate.error = judge(candidate.model, split).error();
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
  candidate.error = judge(candidate.model, split).error();
  return candidate;
}

bool allowed(ChainKind kind, const PairedFitOptions& options) {
  if (has_eq(kind) && !options.aspects.eq) return false;
  if (has_compressor(kind) && !options.aspects.dynamics) return false;
  if (kind == ChainKind::eq_then_compressor) return options.order != OrderChoice::comp_first;
  if (kind == ChainKind::compressor_then_eq) return options.order != OrderChoice::eq_first;
  return true;
}

// Kinds with as many stages can be judged by their errors alone.
int stages(ChainKind kind) {
  return kind > ChainKind::compressor ? static_cast<int>(ChainKind::compressor) + 1 : static_cast<int>(kind);
}

// The simplest of the candidates that no more complex one beats by a worthwhile margin.
const Candidate& simplest_good(const std::vector<Candidate>& candidates) {
  std::vector<const Candidate*> by_stages;
  for (const Candidate& one : candidates) by_stages.push_back(&one);
  std::ranges::stable_sort(by_stages, {}, [](const Candidate* one) { return stages(one->model.kind); });
  const Candidate* chosen = by_stages.front();
  for (const Candidate* one : by_stages) {
    const bool as_complex = stages(one->model.kind) == stages(chosen->model.kind);
    if (one->error < (as_complex ? 1.0 : kWorthwhile) * chosen->error) chosen = one;
  }
  return *chosen;
}

// Where channels are alike, so are all links. Held-out audio that is wider than what was fitted to tells them
// apart, and only what it leaves then says that there is anything to tell.
void take_link_that_holds(Candidate& candidate, const PairSplit& split) {
  Candidate other = candidate;
  other.model = with_best_link(candidate.model, split.held_out).model;
  other.error = judge(other.model, split).error();
  if (other.error < candidate.error) candidate = other;
}

// An equaliser of which no band was left is none.
Candidate candidate_of(const ChainModel& model, const PairSplit& split) {
  Candidate candidate;
  candidate.model = model;
  if (model.eq.bands.empty()) candidate.model.kind = ChainKind::compressor;
  const Judgement judgement = judge(candidate.model, split);
  candidate.error = judgement.error();
  if (judgement.held_out.ratio() > kFallsShort * judgement.fitted.ratio())
    take_link_that_holds(candidate, split);
  return candidate;
}

bool is_nearly_flat(const effects::EqParams& eq) {
  return std::ranges::all_of(eq.bands, [](const auto& band) { return is_flat(band, kFlatDb); });
}

bool leaves_noise_only(const Candidate& chain, const PairSplit& split) {
  return error_over_noise(chain.model, split.fit) <= kFarFromNoise;
}

bool explains(const Candidate& chain, const PairSplit& split) {
  return chain.error <= kExactCompressor || leaves_noise_only(chain, split);
}

// Whether any band shows in what this compressor leaves.
Result<bool> leaves_bands(const Candidate& alone, const PairSplit& split, const PairedFitOptions& options) {
  if (!filter_would_help(alone.model, split.fit)) return false;
  Transfer filter = around_equaliser(alone.model, split.fit);
  raise_noise(filter, kGainSpread * alone.error);
  return improve_paired_eq(filter, {}, options).map([](const PairedEq& found) {
    return !found.eq.bands.empty();
  });
}

// The bands of a chain whose compressor changes nothing: moving both, the search may have found bands that no
// look for bands alone did.
std::optional<Candidate> without_idle_compressor(const Candidate& chain, const PairSplit& split,
                                                 const PairedFitOptions& options) {
  Candidate eq;
  eq.model = {.kind = ChainKind::eq,
              .eq = chain.model.eq,
              .gain_db = chain.model.compressor.makeup_db,
              .compressor = {}};
  eq.error = judge(eq.model, split).error();
  if (eq.error > kIdle * chain.error) return std::nullopt;
  eq.eq = measure_paired_eq(measure_transfer(split.fit.dry, split.fit.wet, split.fit.rate_hz), eq.model.eq,
                            eq.model.gain_db, options);
  eq.model.eq = eq.eq.eq, eq.model.gain_db = eq.eq.gain_db;
  return eq;
}

// Both orders, and of these the better one refined; the other one too where that does not explain the pair,
// and where the search left it nearly as good.
Result<void> add_both(std::vector<Candidate>& candidates, const PairSplit& split,
                      const effects::EqParams& start, const PairedFitOptions& options) {
  std::vector<ChainKind> kinds;
  for (const ChainKind kind : {ChainKind::eq_then_compressor, ChainKind::compressor_then_eq}) {
    if (allowed(kind, options)) kinds.push_back(kind);
  }
  if (kinds.empty()) return {};
  const Result<std::vector<FoundChain>> found = search_chain(kinds, split, start, options);
  if (!found) return tl::unexpected(found.error());
  if (std::ranges::all_of(*found, [](const FoundChain& one) { return one.model.eq.bands.empty(); })) {
    candidates.push_back(fit_compressor_only(found->front().model.compressor, split, options));
    return {};
  }
  std::optional<Candidate> both;
  for (const FoundChain& one_order : *found) {
    const bool as_good = one_order.error < kNearlyAsGood * found->front().error;
    if (both && (as_good ? leaves_noise_only(*both, split) : explains(*both, split))) break;
    // An equaliser that came out flat stands on no side.
    if (both && is_nearly_flat(both->model.eq) &&
        (is_nearly_flat(one_order.model.eq) || both->error < one_order.error))
      break;
    const Result<ChainModel> refined = both ? refine_chain(one_order.model, split, options, both->error)
                                            : refine_chain(one_order.model, split, options);
    if (!refined) return tl::unexpected(refined.error());
    for (const ChainModel& one : {*refined, one_order.model}) {
      const Candidate candidate = candidate_of(one, split);
      if (!both || candidate.error < both->error) both = candidate;
    }
  }
  // Its compressor alone: where the equaliser turned out flat, the search with it was only a second look at
  // the topology.
  if (is_nearly_flat(both->model.eq))
    candidates.push_back(fit_compressor_only(both->model.compressor, split, options));
  candidates.push_back(without_idle_compressor(*both, split, options).value_or(*both));
  return {};
}

// Both orders, unless no band shows: neither once any gain is taken off, nor once the compressor is that was
// looked for alone, the last of the candidates.
Result<void> add_chains(std::vector<Candidate>& candidates, std::optional<CompressorSearch>& alone,
                        const PairSplit& split, const FirstLook& look, const PairedFitOptions& options) {
  const Result<PairedEq> start = look.equaliser ? Result<PairedEq>(*look.equaliser)
                                                : first_equaliser(split.fit, look.separation, options);
  if (!start) return tl::unexpected(start.error());
  if (start->eq.bands.empty() && alone) {
    candidates.back() = alone->refined();
    const Result<bool> bands_show = leaves_bands(candidates.back(), split, options);
    if (!bands_show) return tl::unexpected(bands_show.error());
    if (!*bands_show) return {};
  }
  const Result<PairedEq> closer = closer_equaliser(split.fit, look.separation, *start, options);
  if (!closer) return tl::unexpected(closer.error());
  return add_both(candidates, split, closer->eq, options);
}

double error_with_start(const ChainModel& model, const PairSplit& split) {
  const ModelError fitted =
      split.fit.from_start ? measure_error(model, with_start(split.fit)) : measure_error(model, split.fit);
  return Judgement{fitted, measure_error(model, split.held_out)}.error();
}

}  // namespace

Candidate unless_a_gain_is_nearer(const Candidate& found, const PairSplit& split,
                                  const PairedFitOptions& options) {
  if (found.error < kExactCompressor) return found;
  const Candidate gain = fit_gain_only(split, options);
  return error_with_start(gain.model, split) < error_with_start(found.model, split) ? gain : found;
}

Result<Candidate> find_chain(const PairSplit& split, const FirstLook& look, const PairedFitOptions& options) {
  const GainSeparation& separation = look.separation;
  std::vector<Candidate> candidates{fit_gain_only(split, options)};
  if (candidates.back().error <= kExactGain) return candidates.back();
  const bool may_compress = allowed(ChainKind::compressor, options);
  const bool may_equalise = allowed(ChainKind::eq, options);
  const auto compare_filter = [&]() -> Result<void> {
    const Result<Candidate> found = fit_eq_only(split, options);
    if (!found) return tl::unexpected(found.error());
    if (!found->model.eq.bands.empty()) candidates.push_back(*found);
    return {};
  };
  const double moves = separation.error / separation.filter_error;
  const auto filter_may_do = [&] {
    return share_left_by_filter(ChainModel{}, split.fit) * model_error(ChainModel{}, split.fit) <
           kBeyondFilters;
  };
  const bool filter_first =
      may_equalise && (!may_compress || moves > kNoTrace || (moves > kLikely && filter_may_do()));
  if (filter_first) {
    if (const Result<void> done = compare_filter(); !done) return tl::unexpected(done.error());
    if (simplest_good(candidates).error <= kExactEq) return simplest_good(candidates);
  }
  if (!may_compress || moves > kNoTrace) return simplest_good(candidates);
  std::optional<CompressorSearch> alone;
  if (!may_equalise || !filter_is_likely(separation))
    candidates.push_back(alone.emplace(split, options).quick());
  const bool chain_shows = !alone || (candidates.back().error > kExactCompressor &&
                                      filter_would_help(candidates.back().model, split.fit));
  if (may_equalise && chain_shows) {
    if (const Result<void> done = add_chains(candidates, alone, split, look, options); !done)
      return tl::unexpected(done.error());
  }
  if (may_equalise && !filter_first && moves > kSure &&
      simplest_good(candidates).error > kFarBetter * separation.filter_error) {
    if (const Result<void> done = compare_filter(); !done) return tl::unexpected(done.error());
  }
  // A wrong topology is the last thing to suspect, and only where no chain explains the pair.
  const Candidate& best = simplest_good(candidates);
  const bool chain_explains = best.model.kind > ChainKind::compressor && explains(best, split);
  if (best.model.kind == ChainKind::compressor && (!alone || best.error < alone->best().error)) {
    if (!alone) alone.emplace(split, options);
    alone->go_on_from(best);
  }
  if (alone && !chain_explains && alone->leaves_more_than_noise()) candidates.push_back(alone->thorough());
  return simplest_good(candidates);
}

Result<Candidate> fit_again(const ChainModel& found, const PairSplit& split,
                            const PairedFitOptions& options) {
  if (found.kind == ChainKind::eq) return fit_eq_only(split, options);
  if (found.kind == ChainKind::compressor) return fit_compressor_only(found.compressor, split, options);
  if (!has_compressor(found.kind)) return fit_gain_only(split, options);
  const Result<ChainModel> refined = refine_chain(found, split, options);
  if (!refined) return tl::unexpected(refined.error());
  return candidate_of(*refined, split);
}

}  // namespace aapp::fit
