#include "play/engine/session_event.h"

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

}  // namespace aapp::play
