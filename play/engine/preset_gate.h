// Presets on their way to a stream that plays: each is asked about on a thread of its own (admission takes
// its time), one after the other, and only the newest waits. The old sound goes on meanwhile.
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

  // Whatever waits, or is being asked about, gives way and is told nothing.
  void push(PlayRequest request);
  void clear() { newest_.reset(); }
  // The newest, once its answer is there.
  std::optional<GateAnswer> take();

 private:
  void ask();

  Admit admit_;
  std::optional<PlayRequest> newest_;
  bool asked_ = false;  // the task is about newest_, not about one that gave way
  std::optional<DetachedTask<Result<double>>> task_;
};

}  // namespace aapp::play
