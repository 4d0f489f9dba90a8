// What a preset costs on this machine, found out by a rehearsal (rehearsal.h) before anybody hears it, and
// whether that fits into a period.
//
// Asking takes about kRehearsalSeconds; not for the audio thread.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/preset/preset.h"
#include "play/admission/interruptions.h"
#include "play/engine/callback_spec.h"

namespace aapp::play {

struct CostFigures {
  double typical_us = 0.0;  // half of the callbacks take longer
  double p999_us = 0.0;     // one in a thousand does
};

// From how long some hundred callbacks took, which need not be sorted; at least one. One in a thousand is not
// among them: it is a slow one that takes a little longer than those that were met, and meets the longest
// interruption that comes with this probability. The factor was found by comparing rehearsals with the
// streams that followed (docs/live.md).
CostFigures predict(std::vector<double> times_us, const Interruptions& interruptions);

// "compressor 12 us in 3, eq 3 us": the mean CPU time of all nodes of an effect together, back to back, the
// dearest first, bypassed ones left out.
Result<std::string> cost_by_effect(const Preset& preset, const CallbackSpec& callback);

enum class OverBudget { refuse, allow };

// Decides, and remembers: presets of the same shape (cost_shape.h) cost the same. Any thread.
class Admission {
 public:
  explicit Admission(OverBudget over_budget) : over_budget_(over_budget) {}

  // The figures, where they fit into kBudgetShare of the period or need not; otherwise ErrorCode::refused
  // with the figures per effect. Nothing is refused for one bad moment: it is rehearsed twice. Fails as
  // Chain::make does.
  Result<CostFigures> ask(const Preset& preset, const CallbackSpec& callback);

 private:
  Result<CostFigures> figures(const Preset& preset, const CallbackSpec& callback);

  OverBudget over_budget_;
  std::once_flag watched_;
  Interruptions interruptions_;  // of this machine, once watched
  std::mutex mutex_;
  std::map<std::string, CostFigures> known_;  // within budget, by shape and callback; guarded by mutex_
};

// How many more of the same preset would fit beside one.
int room_for_more(const CostFigures& cost, double period_us);

}  // namespace aapp::play
