// Why the sound was interrupted. The server only says that it was; what our own callbacks did at that time
// tells the rest. Pure logic, fed with running totals by the control thread.
#pragma once

#include <cstdint>

#include "play/engine/load_meter.h"

namespace aapp::play {

struct XrunCauses {
  std::uint64_t late_wakeup = 0;   // the system woke us too late, or ran something else in between
  std::uint64_t own_overrun = 0;   // our callback had more to do than its period allows
  std::uint64_t other_client = 0;  // we were in time: another program of the server was not
  std::uint64_t device = 0;        // the server's own driver was late

  std::uint64_t total() const { return late_wakeup + own_overrun + other_client + device; }
  bool operator==(const XrunCauses&) const = default;
};

// Running totals, as they stand at one look.
struct XrunEvidence {
  std::uint64_t xruns = 0;         // that the server told of
  std::uint64_t device_xruns = 0;  // those of them for which it blames its driver
  std::uint64_t overruns = 0;      // of our callbacks (LoadFigures)
  std::uint64_t late_wakes = 0;
  std::int64_t cpu_ns = 0;     // that our audio thread has used; an overrun that is ours needs a period of it
  std::int64_t period_ns = 0;  // now
  // What a callback of the preset that plays may be expected to take at most, as a share of its period.
  double usual_share = 1.0;
  bool swapping = false;  // chains were swapped since the last look or shortly before
};

// A callback of one chain always has the same to do. Where it takes longer than twice what is usual, it met
// something else; what is usual is itself a slow one's figure.
inline constexpr double kMostUnusual = 2.0;
// While chains are swapped it may have the old one, the new one, and a block that the new one has missed; and
// one more is granted.
inline constexpr double kMostUnusualSwapping = 4.0;

// What a slow callback takes of its period: as predicted, or more where that is seen. The p99 of few
// callbacks is the longest, not a usual one, so until there are many only the prediction counts.
double usual_share(const LoadFigures& seen, double predicted_share);

// Each xrun that the server tells of is charged once: to the driver where the server says so, else to what
// happened to our callback shortly before, else to others. What nobody heard (an overrun that the server let
// pass) is charged to nobody after kEvidenceMs.
class XrunClassifier {
 public:
  void look(const XrunEvidence& now, std::int64_t now_ms);
  const XrunCauses& causes() const { return causes_; }

 private:
  static constexpr std::int64_t kEvidenceMs = 200;
  std::uint64_t charge(std::uint64_t& xruns, std::uint64_t& evidence);

  XrunCauses causes_;
  XrunEvidence seen_;
  std::uint64_t own_ = 0, late_ = 0;  // not yet charged
  std::int64_t evidence_ms_ = 0;      // when the latest of it came
};

// The smallest power of two, at least 16, at which a period holds what was seen: the mean grows with the
// period, the rare extra time of a callback and of its wake-up does not. 0 where no period would do, or
// nothing was seen. `figures` are of periods of period_frames.
int advised_period_frames(const LoadFigures& figures, int period_frames);

}  // namespace aapp::play
