#include "play/engine/preset_gate.h"

#include <utility>

namespace aapp::play {

void PresetGate::push(PlayRequest request) {
  if (!task_) return ask(std::move(request));
  waiting_ = std::move(request);
}

void PresetGate::clear() {
  asked_.reset();
  waiting_.reset();
}

void PresetGate::ask(PlayRequest request) {
  asked_ = std::move(request);
  task_.emplace([admit = admit_, preset = asked_->preset, callback = asked_->callback] {
    return admit(preset, callback);
  });
}

std::optional<GateAnswer> PresetGate::take() {
  if (!task_) return std::nullopt;
  std::optional<Result<double>> answer = task_->take();
  if (!answer) return std::nullopt;
  task_.reset();
  std::optional<PlayRequest> asked = std::exchange(asked_, std::nullopt);
  if (std::optional<PlayRequest> waiting = std::exchange(waiting_, std::nullopt)) ask(std::move(*waiting));
  if (!asked) return std::nullopt;
  return GateAnswer{*std::move(asked), *std::move(answer)};
}

}  // namespace aapp::play
