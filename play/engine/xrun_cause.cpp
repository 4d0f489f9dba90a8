#include "play/engine/xrun_cause.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "play/engine/callback_spec.h"

namespace aapp::play {
namespace {

constexpr double kMostFrames = 8192.0;
constexpr std::uint64_t kManyCallbacks = 1000;

}  // namespace

double usual_share(const LoadFigures& seen, double predicted_share) {
  return seen.callbacks < kManyCallbacks ? predicted_share : std::max(seen.p99, predicted_share);
}

std::uint64_t XrunClassifier::charge(std::uint64_t& xruns, std::uint64_t& evidence) {
  const std::uint64_t charged = std::min(xruns, evidence);
  xruns -= charged;
  evidence -= charged;
  return charged;
}

void XrunClassifier::look(const XrunEvidence& now, std::int64_t now_ms) {
  const std::uint64_t overruns = now.overruns - seen_.overruns;
  const std::int64_t worked = now.period_ns > 0 ? (now.cpu_ns - seen_.cpu_ns) / now.period_ns : 0;
  // What a hypervisor steals counts as CPU time, so work that cannot have been done was not done.
  const bool can_be_own = (now.swapping ? kMostUnusualSwapping : kMostUnusual) * now.usual_share >= 1.0;
  const std::uint64_t own =
      can_be_own ? std::min(overruns, static_cast<std::uint64_t>(std::max<std::int64_t>(worked, 0))) : 0;
  const std::uint64_t late = now.late_wakes - seen_.late_wakes + (overruns - own);
  if (own + late > 0) evidence_ms_ = now_ms;
  if (now_ms - evidence_ms_ > kEvidenceMs) own_ = late_ = 0;
  own_ += own;
  late_ += late;
  std::uint64_t xruns = now.xruns - seen_.xruns, device = now.device_xruns - seen_.device_xruns;
  seen_ = now;
  // A driver that is late wakes everybody late; ours is not another cause.
  const std::uint64_t drivers = charge(xruns, device);
  causes_.device += drivers;
  late_ -= std::min(late_, drivers);
  causes_.own_overrun += charge(xruns, own_);
  causes_.late_wakeup += charge(xruns, late_);
  causes_.other_client += xruns;
}

int advised_period_frames(const LoadFigures& figures, int period_frames) {
  if (figures.callbacks == 0 || figures.mean >= kBudgetShare) return 0;
  const double extra_frames = (figures.p999 - figures.mean + figures.late_p999) * period_frames;
  const double frames = std::max(extra_frames, 0.0) / (kBudgetShare - figures.mean);
  if (frames > kMostFrames) return 0;
  return static_cast<int>(std::bit_ceil(static_cast<unsigned>(std::ceil(std::max(frames, 16.0)))));
}

}  // namespace aapp::play
