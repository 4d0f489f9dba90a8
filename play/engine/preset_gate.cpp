#include "play/engine/preset_gate.h"

namespace aapp::play {

void PresetGate::push(PlayRequest request) {
  newest_ = std::move(request);
  asked_ = false;
  if (!task_) ask();
}

void PresetGate::ask() {
  task_.emplace([admit = admit_, preset = newest_->preset, callback = newest_->callback] {
    return admit(preset, callback);
  });
  asked_ = true;
}

std::optional<GateAnswer> PresetGate::take() {
  if (!task_) return std::nullopt;
  std::optional<Result<double>> answer = task_->take();
  if (!answer) return std::nullopt;
  task_.reset();
  if (!newest_) return std::nullopt;
  if (!asked_) {
    ask();
    return std::nullopt;
  }
  GateAnswer whole{*std::move(newest_), *std::move(answer)};
  newest_.reset();
  return whole;
}

}  // namespace aapp::play
