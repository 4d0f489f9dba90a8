// Single moves in the search for a chain: looking at one of its two through what is known of the other,
// moving both together, racing topologies.
#pragma once

#include <vector>

#include "analyze/fit/chain_error.h"
#include "analyze/fit/joint_fit.h"
#include "analyze/fit/pair_region.h"
#include "analyze/fit/paired_eq.h"
#include "analyze/fit/transfer.h"

namespace aapp::fit {

// The pair as the compressor of this chain sees it, the equaliser being put on the dry side or taken off the
// wet one; passes, which cannot be, are put on what the gain is compared on instead.
PairExcerpt around_compressor(const ChainModel& model, const PairExcerpt& pair);

// The transfer that the equaliser of this chain sees, the compressor being taken off.
Transfer around_equaliser(const ChainModel& model, const PairExcerpt& pair);

// The chain with these bands, and what they should turn up besides as make-up. A compressor behind them hears
// that much less then, so its threshold goes down with the level.
ChainModel with_equaliser(ChainModel model, const PairedEq& found);

// The chain with the equaliser that the pair shows once this compressor is taken off: its bands, better ones,
// or more.
Result<ChainModel> with_better_equaliser(const ChainModel& now, const PairExcerpt& fit,
                                         const PairedFitOptions& options);

// What a joint fit may do on every `stride`-th residual, in so many steps.
JointFitOptions joint_options(const PairedFitOptions& options, std::size_t stride, int steps);

// A search counts every so many-th residual, and assumes this relative error of a model that is known to be
// unfinished or wrong.
inline constexpr std::size_t kSearchStride = 4;
inline constexpr double kUnfinished = 0.05;

// On the fit excerpt, a step that lowers the cost by less than this share is the last.
inline constexpr double kWorthAStep = 2e-3;

// All of it moved together, by a search's few residuals and steps.
ChainModel moved(const ChainModel& model, const PairExcerpt& pair, const PairedFitOptions& options);
// The same for bands that are about right, by their response (step_path.h).
ChainModel moved_by_response(const ChainModel& model, const PairExcerpt& pair,
                             const PairedFitOptions& options);

// How far topologies are looked for: all of them from nothing, none but the given, what lies around the best
// of the last race, all of them around the best.
enum class TopologyLook { first, given, around, wide };

// The best topologies of a race on the search excerpt, as the compressor of this chain sees it. `last`: those
// of the last race; the first look takes no more than their link.
std::vector<CompressorFit> race_topologies(const ChainModel& now, const PairSplit& split,
                                           std::vector<CompressorFit> last, TopologyLook look,
                                           const PairedFitOptions& options);

// What the first look found, which knows one link only, with the link that suits it best.
std::vector<CompressorFit> race_links(const ChainModel& now, const PairSplit& split,
                                      const std::vector<CompressorFit>& fits,
                                      const PairedFitOptions& options);

// With the link that leaves least of this excerpt, at the same settings: where a few seconds' channels are
// alike, so are all links, and more audio tells them apart.
FoundChain with_best_link(const ChainModel& model, const PairExcerpt& excerpt);

// With another knee, its upper end where it is, as far as thresholds go, and the same line of gains above.
ChainModel with_knee(const ChainModel& model, double knee_db);

// With the knee that leaves least of the fit excerpt, where that leaves far more than the search excerpt: a
// few seconds may all lie above the knee, and tell nothing of what is below.
FoundChain with_best_knee(const FoundChain& now, const PairSplit& split);

// The best of a race are moved together with the equaliser, and the one that then leaves least is taken;
// `fits` are thinned out, and that one comes first.
ChainModel with_best_topology(const ChainModel& now, const PairSplit& split, std::vector<CompressorFit>& fits,
                              const PairedFitOptions& options);

}  // namespace aapp::fit
