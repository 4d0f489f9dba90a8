#include "play/engine/overload_ladder.h"

#include <algorithm>

namespace aapp::play {

void OverloadLadder::step(int by) noexcept {
  int next =
      std::clamp(static_cast<int>(rung_) + by, static_cast<int>(Rung::full), static_cast<int>(Rung::dry));
  if (static_cast<Rung>(next) == Rung::economy && !has_economy_) next += by;
  rung_ = static_cast<Rung>(next);
  over_blocks_ = 0;
  since_over_s_ = 0.0;
}

Rung OverloadLadder::add(double share, double period_s) noexcept {
  since_step_s_ += period_s;
  since_over_s_ += period_s;
  if (share > kOverloadShare) {
    since_over_s_ = 0.0;
    if (since_step_s_ > patience_s_) ++over_blocks_;
    if (over_blocks_ >= kOverloadBlocks && rung_ != Rung::dry) {
      step(1);
      since_step_s_ = 0.0;
    }
    return rung_;
  }
  over_blocks_ = 0;
  if (rung_ != Rung::full && since_over_s_ >= kClimbSeconds) step(-1);
  return rung_;
}

}  // namespace aapp::play
