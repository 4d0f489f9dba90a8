#include "analyze/fit/chain_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "analyze/fit/parallel.h"
#include "analyze/fit/topology.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

using dsp::StereoLink;

// A more complex chain has to leave less than this share of a simpler one's held-out error (about 1 dB).
constexpr double kWorthwhile = 0.8;
// Held-out error at which nothing audible is left to explain: a gain alone, -75 dB; an equaliser alone, -45
// dB; a compressor alone, -50 dB.
constexpr double kExactGain = 3e-8, kExactEq = 3e-5, kExactCompressor = 1e-5;
// Residual noise of a gain that is as good as the noise inside blocks allows, times this, ends the search.
constexpr double kNoiseMargin = 1.5;
// Stereo recordings whose channels differ by less than this share of energy have nothing to link.
constexpr double kSameChannels = 1e-5;
constexpr int kRounds = 8;
constexpr int kRoundToRestart = 2;  // by then the equaliser is good enough to look at the topology again
constexpr double kSettled = 0.97;   // error of a round over the last one's: above, it has settled
constexpr double kRoundS = 8.0;     // of the fit excerpt, for all rounds but the last
constexpr int kRoundSteps = 8;

bool same_channels(const audio::AudioBuffer& audio) {
  double difference = 0.0, energy = 0.0;
  const auto first = audio.channel(0);
  for (int c = 1; c < audio.channels(); ++c) {
    const auto other = audio.channel(c);
    for (std::size_t n = 0; n < first.size(); ++n) {
      const double d = static_cast<double>(first[n]) - other[n];
      difference += d * d;
      energy += static_cast<double>(first[n]) * first[n];
    }
  }
  return difference <= kSameChannels * energy;
}

std::vector<StereoLink> possible_links(const audio::AudioBuffer& dry) {
  if (dry.channels() == 1 || same_channels(dry)) return {StereoLink::max};
  return {StereoLink::max, StereoLink::mean, StereoLink::none, StereoLink::mid};
}

// Race on the search excerpt, refinement on the fit excerpt.
std::vector<CompressorFit> find_compressor(const PairExcerpt& search, const PairExcerpt& fit, int threads,
                                           ErrorModel& error) {
  const std::vector<StereoLink> links = possible_links(search.dry);
  std::vector<CompressorFit> fits =
      search_topologies(CompressorData(search, links), links, {.threads = threads});
  std::vector<StereoLink> used;
  for (const CompressorFit& f : fits) used.push_back(f.topology.stereo_link);
  return refine_topologies(CompressorData(fit, used), std::move(fits), threads, error);
}

PairExcerpt front(const PairExcerpt& excerpt, double seconds) {
  const std::size_t frames = std::min(
      excerpt.dry.frames(), excerpt.warm_up_frames + static_cast<std::size_t>(seconds * excerpt.rate_hz));
  PairExcerpt out;
  out.rate_hz = excerpt.rate_hz;
  out.warm_up_frames = excerpt.warm_up_frames;
  out.dry = cut(excerpt.dry, 0, frames);
  out.wet = cut(excerpt.wet, 0, frames);
  return out;
}

// The pair as the compressor of this chain sees it, the equaliser being taken off.
PairExcerpt around_compressor(ChainKind kind, const PairExcerpt& pair, const effects::EqParams& eq) {
  PairExcerpt out = pair;
  if (kind == ChainKind::eq_then_compressor) {
    out.dry = equalise(pair.dry, eq, pair.rate_hz, Direction::apply);
  } else {
    out.wet = equalise(pair.wet, eq, pair.rate_hz, Direction::undo);
  }
  return out;
}

// The transfer that the equaliser of this chain sees, the compressor being taken off. `seen`: as
// around_compressor.
Transfer around_equaliser(ChainKind kind, const PairExcerpt& pair, const PairExcerpt& seen,
                          const effects::CompressorParams& compressor) {
  if (kind == ChainKind::eq_then_compressor)
    return measure_transfer(pair.dry, compress(pair.wet, seen.dry, compressor, pair.rate_hz, Direction::undo),
                            pair.rate_hz);
  return measure_transfer(compress(pair.dry, pair.dry, compressor, pair.rate_hz, Direction::apply), pair.wet,
                          pair.rate_hz);
}

std::vector<CompressorFit> move_compressors(const PairExcerpt& seen, std::vector<CompressorFit> fits,
                                            int threads, ErrorModel& error) {
  std::vector<StereoLink> used;
  for (const CompressorFit& f : fits) used.push_back(f.topology.stereo_link);
  const CompressorData data(seen, used);
  error = estimate_error(block_residuals(data, fits.front().topology, fits.front().point));
  parallel_for(fits.size(), threads, [&](std::size_t i) {
    fits[i] = fit_compressor(data, fits[i].topology, fits[i].point,
                             {.error = error, .max_iterations = kRoundSteps});
  });
  std::stable_sort(fits.begin(), fits.end(),
                   [](const CompressorFit& a, const CompressorFit& b) { return a.cost < b.cost; });
  return fits;
}

// One alternation: the state of a chain with both, moved round by round.
class Alternation {
 public:
  Alternation(ChainKind kind, const PairSplit& split, const PairedEq& start, const PairedFitOptions& options)
      : split_(split), options_(options), short_fit_(front(split.fit, kRoundS)) {
    best_.model.kind = kind;
    best_.eq = start;
    best_.fit_error = 1e300;
  }

  Result<Candidate> run() {
    Candidate now = best_;
    for (int round = 0; round < kRounds; ++round) {
      const bool afresh = round == 0 || round == kRoundToRestart;
      if (const Result<void> done = step(now, short_fit_, afresh); !done) return tl::unexpected(done.error());
      const double before = best_.fit_error;
      if (now.fit_error < best_.fit_error) best_ = now;
      if (round > kRoundToRestart && now.fit_error > kSettled * before) break;
    }
    now = best_;
    if (const Result<void> done = step(now, split_.fit, false); !done) return tl::unexpected(done.error());
    best_ = now;
    best_.held_out_error = model_error(best_.model, split_.held_out);
    return best_;
  }

 private:
  Result<void> step(Candidate& now, const PairExcerpt& pair, bool afresh) {
    const ChainKind kind = now.model.kind;
    const PairExcerpt seen = around_compressor(kind, pair, now.eq.eq);
    if (afresh) {
      compressors_ = find_compressor(around_compressor(kind, split_.search, now.eq.eq), seen,
                                     options_.threads, now.error);
    } else {
      compressors_ = move_compressors(seen, compressors_, options_.threads, now.error);
    }
    now.model.compressor = compressors_.front().topology;
    const Transfer transfer = around_equaliser(kind, pair, seen, now.model.compressor);
    if (afresh) {
      const Result<PairedEq> eq = fit_paired_eq(transfer, options_);
      if (!eq) return tl::unexpected(eq.error());
      now.eq = *eq;
    } else {
      now.eq = refine_paired_eq(transfer, now.eq, options_);
    }
    now.model.eq = now.eq.eq;
    now.model.compressor.makeup_db += now.eq.gain_db;
    now.fit_error = model_error(now.model, pair);
    return {};
  }

  const PairSplit& split_;
  const PairedFitOptions& options_;
  PairExcerpt short_fit_;
  std::vector<CompressorFit> compressors_;
  Candidate best_;
};

void judge(Candidate& candidate, const PairSplit& split) {
  candidate.fit_error = model_error(candidate.model, split.fit);
  candidate.held_out_error = model_error(candidate.model, split.held_out);
}

// The error that a single gain, however it moves, cannot go under.
double noise_share(const PairExcerpt& pair) {
  std::vector<int> all(static_cast<std::size_t>(pair.dry.channels()));
  std::iota(all.begin(), all.end(), 0);
  const GainLane lane = make_gain_lane(pair.dry, pair.wet, all, pair.rate_hz);
  const double energy = std::accumulate(lane.yy.begin(), lane.yy.end(), 0.0);
  const double samples = static_cast<double>(lane.blocks() * lane.block_samples);
  return energy > 0.0 ? noise_inside_blocks(lane) * samples / energy : 0.0;
}

// The compressor that was found beside an equaliser, fitted alone: where the equaliser turned out flat, the
// search with it was only a second look at the topology.
Candidate without_equaliser(const Candidate& both, const PairSplit& split, const PairedFitOptions& options) {
  Candidate alone;
  alone.model.kind = ChainKind::compressor;
  CompressorFit fit;
  fit.topology = both.model.compressor;
  fit.point = to_point(fit.topology);
  const std::vector<StereoLink> links{fit.topology.stereo_link};
  alone.model.compressor =
      refine_topologies(CompressorData(split.fit, links), {fit}, options.threads, alone.error)
          .front()
          .topology;
  judge(alone, split);
  return alone;
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

Result<void> add_both(std::vector<Candidate>& candidates, const PairSplit& split, const PairedEq& start,
                      const PairedFitOptions& options) {
  std::vector<ChainKind> kinds;
  for (const ChainKind kind : {ChainKind::eq_then_compressor, ChainKind::compressor_then_eq}) {
    if (allowed(kind, options)) kinds.push_back(kind);
  }
  std::vector<std::optional<Result<Candidate>>> found(kinds.size());
  PairedFitOptions each = options;
  if (kinds.size() > 1) each.threads = std::max(1, thread_count(options.threads) / 2);
  parallel_for(kinds.size(), options.threads,
               [&](std::size_t i) { found[i] = fit_both(kinds[i], split, start, each); });
  for (const std::optional<Result<Candidate>>& one : found) {
    if (!*one) return tl::unexpected(one->error());
    candidates.push_back(without_equaliser(**one, split, options));
  }
  for (const std::optional<Result<Candidate>>& one : found) candidates.push_back(**one);
  return {};
}

}  // namespace

double model_error(const ChainModel& model, const PairExcerpt& excerpt) {
  const audio::AudioBuffer out = run_model(model, excerpt.dry, excerpt.rate_hz);
  double error = 0.0, energy = 0.0;
  for (int c = 0; c < out.channels(); ++c) {
    const auto y = excerpt.wet.channel(c).subspan(excerpt.warm_up_frames);
    const auto z = std::as_const(out).channel(c).subspan(excerpt.warm_up_frames);
    for (std::size_t n = 0; n < y.size(); ++n) {
      const double d = static_cast<double>(y[n]) - z[n];
      error += d * d;
      energy += static_cast<double>(y[n]) * y[n];
    }
  }
  return energy > 0.0 ? error / energy : 0.0;
}

Candidate fit_gain_only(const PairSplit& split, const PairedFitOptions& options) {
  constexpr double kNoGainDb = 0.003;
  double xx = 0.0, xy = 0.0;
  for (int c = 0; c < split.fit.dry.channels(); ++c) {
    const auto x = split.fit.dry.channel(c), y = split.fit.wet.channel(c);
    for (std::size_t n = split.fit.warm_up_frames; n < x.size(); ++n) {
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
  const Result<PairedEq> eq =
      fit_paired_eq(measure_transfer(split.fit.dry, split.fit.wet, split.fit.rate_hz), options);
  if (!eq) return tl::unexpected(eq.error());
  Candidate candidate;
  candidate.model.kind = ChainKind::eq;
  candidate.model.eq = eq->eq;
  candidate.model.gain_db = options.aspects.level ? eq->gain_db : 0.0;
  candidate.eq = *eq;
  judge(candidate, split);
  return candidate;
}

Candidate fit_compressor_only(const PairSplit& split, const PairedFitOptions& options) {
  Candidate candidate;
  candidate.model.kind = ChainKind::compressor;
  candidate.model.compressor =
      find_compressor(split.search, split.fit, options.threads, candidate.error).front().topology;
  judge(candidate, split);
  return candidate;
}

Result<Candidate> fit_both(ChainKind kind, const PairSplit& split, const PairedEq& start,
                           const PairedFitOptions& options) {
  return Alternation(kind, split, start, options).run();
}

Result<Candidate> find_chain(const PairSplit& split, const PairedFitOptions& options) {
  std::vector<Candidate> candidates{fit_gain_only(split, options)};
  const double noise = kNoiseMargin * noise_share(split.held_out);
  if (candidates.back().held_out_error <= std::max(kExactGain, noise)) return candidates.back();
  PairedEq eq;
  if (allowed(ChainKind::eq, options)) {
    const Result<Candidate> found = fit_eq_only(split, options);
    if (!found) return tl::unexpected(found.error());
    eq = found->eq;
    if (!found->model.eq.bands.empty()) candidates.push_back(*found);
    if (candidates.back().held_out_error <= kExactEq) return simplest_good(candidates);
  }
  if (allowed(ChainKind::compressor, options)) {
    candidates.push_back(fit_compressor_only(split, options));
    if (candidates.back().held_out_error <= std::max(kExactCompressor, noise))
      return simplest_good(candidates);
    if (options.aspects.eq) {
      if (const Result<void> done = add_both(candidates, split, eq, options); !done)
        return tl::unexpected(done.error());
    }
  }
  return simplest_good(candidates);
}

}  // namespace aapp::fit
