#include "play/engine/session_event.h"

#include <fmt/format.h>

namespace aapp::play {

std::string_view event_name(EventKind kind) {
  switch (kind) {
    case EventKind::opened:
      return "opened";
    case EventKind::waiting:
      return "waiting";
    case EventKind::lost:
      return "lost";
    case EventKind::stalled:
      return "stalled";
    case EventKind::resumed:
      return "resumed";
    case EventKind::period_changed:
      return "period_changed";
    case EventKind::preset_playing:
      return "preset_playing";
    case EventKind::preset_rejected:
      return "preset_rejected";
    case EventKind::learning:
      return "learning";
    case EventKind::learned:
      return "learned";
    case EventKind::saved:
      return "saved";
    case EventKind::recording:
      return "recording";
    case EventKind::overload:
      return "overload";
    case EventKind::howl:
      return "howl";
    case EventKind::note:
      return "note";
  }
  return "";
}

std::string health_sentence(StreamHealth health, std::string_view backend) {
  switch (health) {
    case StreamHealth::spinning:
      return fmt::format("{} stopped taking audio: the server or the device is gone", backend);
    case StreamHealth::stalled:
      return fmt::format("{} has stopped asking for audio", backend);
    case StreamHealth::rate_changed:
      return fmt::format("{} changed its sample rate", backend);
    default:
      return fmt::format("{} closed the stream: the server or the device is gone", backend);
  }
}

std::string overload_sentence(Rung before, Rung now, std::string_view left_out) {
  const std::string what = now == Rung::full      ? "the preset plays in full again"
                           : now == Rung::economy ? "limiters run at less quality"
                           : now == Rung::lighter ? fmt::format("{} is left out", left_out)
                                                  : "the sound is dry";
  return now > before ? "the processor is too slow for the preset: " + what : what;
}

}  // namespace aapp::play
