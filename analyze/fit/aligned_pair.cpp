#include "analyze/fit/aligned_pair.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/clipped_samples.h"
#include "analyze/fit/excess_phase.h"

namespace aapp::fit {
namespace {

// Below this correlation the recordings are not of the same performance.
constexpr double kLeastCoherence = 0.3;
constexpr double kShortestS = 0.2;
// Clocks that drift further apart than this smear every excerpt.
constexpr double kMostDriftPpm = 5.0;
constexpr double kFalseDelayFrames = 0.3;
constexpr double kAsGood = 1.1;
constexpr int kLooks = 5;
// A phase that makes more difference than this (-20 dB) may be none of a minimum-phase filter: it is where
// bands leave less than the second share without it. What is not known of the magnitude makes some difference
// too.
constexpr double kMuchPhase = 0.01, kFarBetter = 0.1;

Result<void> check_alignment(const Alignment& alignment) {
  if (std::abs(alignment.drift_ppm) > kMostDriftPpm)
    return fail(ErrorCode::unreadable,
                "the clocks of the two recordings run {:.1f} ppm apart, so no settings can be recovered; "
                "resample the wet one by that much, or process the dry one without a conversion in between",
                alignment.drift_ppm);
  if (alignment.coherence < kLeastCoherence)
    return fail(ErrorCode::unreadable,
                "the two recordings correlate by only {:.2f}; a pair needs the dry and the wet version of "
                "one performance (for unrelated ones use --source)",
                alignment.coherence);
  return {};
}

// The frames of the dry recording that the wet one has too.
struct Shared {
  std::size_t first = 0, frames = 0;
};

Result<Shared> shared_frames(const PairRegion& region, const Alignment& alignment) {
  const auto dry_frames = static_cast<std::int64_t>(region.dry.frames());
  const auto wet_frames = static_cast<std::int64_t>(region.wet.frames());
  const std::int64_t delay = alignment.delay_frames;
  const std::int64_t first = std::max<std::int64_t>(0, -delay),
                     last = std::min(dry_frames, wet_frames - delay);
  if (last - first < static_cast<std::int64_t>(kShortestS * region.rate_hz))
    return fail(ErrorCode::unreadable, "the two recordings share only {:.3f} s; at least {} s are needed",
                static_cast<double>(std::max<std::int64_t>(0, last - first)) / region.rate_hz, kShortestS);
  return Shared{static_cast<std::size_t>(first), static_cast<std::size_t>(last - first)};
}

// Parts of what both recordings share; of the wet one without that phase, if there is one.
Result<PairSplit> split_aligned(const PairRegion& region, const Alignment& alignment,
                                const ExcessPhase* phase = nullptr) {
  return shared_frames(region, alignment).map([&](const Shared& shared) {
    audio::AudioBuffer wet = align_wet(region.wet, alignment, region.dry.frames());
    if (phase != nullptr) take_off_phase(wet, *phase);
    const auto shared_of = [&](const audio::AudioBuffer& all) {
      return cut(all, shared.first, shared.frames);
    };
    return shared.frames == region.dry.frames()
               ? split_pair(region.dry, wet, region.rate_hz, region.whole)
               : split_pair(shared_of(region.dry), shared_of(wet), region.rate_hz, region.whole);
  });
}

// The pair as it lies then, with bands where a filter may have turned the phase.
Result<void> lay(const PairRegion& region, const Alignment& alignment, AlignedPair& pair,
                 const PairedFitOptions& options) {
  Result<PairSplit> split = split_aligned(region, alignment);
  if (!split) return tl::unexpected(split.error());
  pair.alignment = alignment;
  pair.split = std::move(*split);
  const PairExcerpt& fit = pair.split.fit;
  pair.look = {.separation = separate_gain(fit), .equaliser = std::nullopt};
  if (!filter_is_likely(pair.look.separation) && count_clipped(fit.wet) == 0) return {};
  const Result<PairedEq> bands = first_equaliser(fit, pair.look.separation, options);
  if (!bands) return tl::unexpected(bands.error());
  pair.look.equaliser = *bands;
  return {};
}

// Where the bands need less of a delay, `here` being left for one. Where either is as good, or each points at
// the other, recordings that belong together mostly start together.
bool lies_better(const AlignedPair& there, const AlignedPair& here) {
  const PairedEq &other = *there.look.equaliser, &now = *here.look.equaliser;
  const bool unsure =
      other.delay_frames * now.delay_frames < 0.0 && std::abs(other.delay_frames) > kFalseDelayFrames;
  if (there.alignment.delay_frames == 0 && (unsure || other.cost < kAsGood * now.cost)) return true;
  if (here.alignment.delay_frames == 0 && (unsure || now.cost < kAsGood * other.cost)) return false;
  return std::abs(other.delay_frames) <= std::abs(now.delay_frames);
}

// A low-pass turns the phase of all that it lets through nearly as a delay does, and harmonics that clipping
// adds have phases of their own. No filter turns it in proportion to all frequencies: bands fitted with a
// delay tell what of it is none. Processors that filter or clip delay by whole frames.
Result<void> correct_for_filter(const PairRegion& region, AlignedPair& pair,
                                const PairedFitOptions& options) {
  for (int look = 0; look < kLooks && pair.look.equaliser; ++look) {
    const double late = pair.look.equaliser->delay_frames;
    if (std::abs(late) < kFalseDelayFrames) return {};
    const double whole = std::round(pair.alignment.fraction_frames + late);
    Alignment other = pair.alignment;
    other.delay_frames += std::llround(whole != 0.0 ? whole : std::copysign(1.0, late));
    other.fraction_frames = 0.0;
    AlignedPair there;
    if (const Result<void> ok = lay(region, other, there, options); !ok) return ok;
    if (!there.look.equaliser || !lies_better(there, pair)) return {};
    pair = std::move(there);
  }
  return {};
}

// A phase that no bands have, if bands fit far better without it: than those that are known, and than any
// that a thorough search finds.
Result<std::optional<ExcessPhase>> phase_in_the_way(const AlignedPair& pair,
                                                    const PairedFitOptions& options) {
  if (!options.aspects.eq || !filter_is_likely(pair.look.separation)) return std::nullopt;
  const Transfer filter = first_transfer(pair.split.fit, pair.look.separation);
  const ExcessPhase phase = find_excess_phase(filter);
  if (phase.share < kMuchPhase) return std::nullopt;
  const Result<PairedEq> without = fit_paired_eq(without_phase(filter, phase), BandSearch::quick, options);
  if (!without) return tl::unexpected(without.error());
  if (without->cost > kFarBetter * pair.look.equaliser->cost) return std::nullopt;
  return fit_paired_eq(filter, BandSearch::thorough, options)
      .map([&](const PairedEq& with) -> std::optional<ExcessPhase> {
        if (without->cost > kFarBetter * with.cost) return std::nullopt;
        return phase;
      });
}

Result<void> correct_for_phase(const PairRegion& region, AlignedPair& pair, const PairedFitOptions& options) {
  const Result<std::optional<ExcessPhase>> phase = phase_in_the_way(pair, options);
  if (!phase) return tl::unexpected(phase.error());
  if (!*phase) return {};
  Result<PairSplit> without = split_aligned(region, pair.alignment, &**phase);
  if (!without) return tl::unexpected(without.error());
  pair.as_recorded = WetRecordings{audio::AudioBuffer{}, audio::AudioBuffer{}, std::move(pair.split.fit.wet),
                                   std::move(pair.split.held_out.wet)};
  pair.split = std::move(*without);
  pair.look = {.separation = separate_gain(pair.split.fit), .equaliser = std::nullopt};
  return {};
}

}  // namespace

Result<AlignedPair> align_pair(const PairRegion& region, const PairedFitOptions& options) {
  const Alignment alignment = find_alignment(region.dry, region.wet, region.rate_hz);
  if (const Result<void> ok = check_alignment(alignment); !ok) return tl::unexpected(ok.error());
  AlignedPair pair;
  if (const Result<void> ok = lay(region, alignment, pair, options); !ok) return tl::unexpected(ok.error());
  if (const Result<void> ok = correct_for_filter(region, pair, options); !ok)
    return tl::unexpected(ok.error());
  if (const Result<void> ok = correct_for_phase(region, pair, options); !ok)
    return tl::unexpected(ok.error());
  return pair;
}

}  // namespace aapp::fit
