// Presets on their way to a stream that plays: each is asked about on a thread of its own (admission takes
// its time), one after the other. The old sound goes on meanwhile, and of those that come while one is being
// asked about only the newest waits: a slider that is drawn is followed in steps.
//
// All calls belong to one control thread.
#pragma once

#include <functional>
#include <optional>

#include "common/base/error.h"
#include "common/preset/preset.h"
#include "play/engine/callback_spec.h"
#include "play/engine/detached_task.h"

namespace aapp::play {

// Whether a preset may play in such callbacks; an error keeps it from playing. Gives the time in us that one
// callback in a thousand will exceed. Called on any thread, and still after the session has ended.
using Admit = std::function<Result<double>(const Preset&, const CallbackSpec&)>;

// What became of a preset that was to be played.
using PlayOutcome = std::function<void(const Result<void>&)>;

struct PlayRequest {
  Preset preset;
  CallbackSpec callback;  // for which it is asked
  PlayOutcome told;
};

struct GateAnswer {
  PlayRequest request;
  Result<double> predicted_us;
};

class PresetGate {
 public:
  explicit PresetGate(Admit admit) : admit_(std::move(admit)) {}

  // Another that waits gives way and is told nothing.
  void push(PlayRequest request);
  // Nobody is to be played any more, nor told anything.
  void clear();
  bool empty() const { return !asked_ && !waiting_; }
  // The one that was asked about, once its answer is there.
  std::optional<GateAnswer> take();

 private:
  void ask(PlayRequest request);

  Admit admit_;
  std::optional<PlayRequest> asked_;    // what task_ is about, unless that was cleared
  std::optional<PlayRequest> waiting_;  // until task_ has ended
  std::optional<DetachedTask<Result<double>>> task_;
};

}  // namespace aapp::play
