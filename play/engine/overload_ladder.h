// What gives way when the callback takes longer than its period allows: first quality, then the heaviest
// effect, then all of them. Pure logic on the audio thread: it is told how long each callback took and says
// on which rung to stand; the engine does it (every way is a 20 ms fade).
//
// Down after three callbacks in a row over budget, one rung at a time, since a fade must end before it helps;
// up one rung after five seconds within budget.
#pragma once

#include <cstdint>

namespace aapp::play {

enum class Rung { full, economy, lighter, dry };

// The share of a period from which a callback counts as over budget: what is left is the server's.
inline constexpr double kOverloadShare = 0.9;
inline constexpr int kOverloadBlocks = 3;
inline constexpr double kClimbSeconds = 5.0;

class OverloadLadder {
 public:
  // `patience_s`: how long a step down takes to help, and is waited for before the next.
  explicit OverloadLadder(double patience_s) : patience_s_(patience_s) {}

  // A chain plays that has an economical way, or not: a rung that would change nothing is left out.
  void start(bool has_economy) noexcept {
    *this = OverloadLadder(patience_s_);
    has_economy_ = has_economy;
  }

  // A callback took `share` of its period of period_s.
  Rung add(double share, double period_s) noexcept;
  Rung rung() const noexcept { return rung_; }
  // A step down may come soon: time to find out which effect is the heaviest.
  bool strained() const noexcept { return over_blocks_ > 0; }

 private:
  void step(int by) noexcept;

  double patience_s_;
  bool has_economy_ = false;
  Rung rung_ = Rung::full;
  int over_blocks_ = 0;        // in a row
  double since_step_s_ = 1e9;  // since the last step down
  double since_over_s_ = 0.0;  // since a callback was over budget, or the last step up
};

}  // namespace aapp::play
