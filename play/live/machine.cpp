#include "play/live/machine.h"

#include "common/rt/rt_thread.h"

namespace aapp::play {

Machine::Machine(bool save_power) {
  if (Result<void> locked = rt::lock_memory(); !locked) notes_.push_back(std::move(locked.error().message));
  if (save_power) return;
  Result<rt::StayAwake> awake = rt::StayAwake::hold();
  if (awake) {
    awake_ = std::move(*awake);
  } else {
    notes_.push_back(std::move(awake.error().message));
  }
}

void Machine::tell(LiveSession& session) const {
  for (const std::string& note : notes_) session.tell(EventKind::note, note);
}

}  // namespace aapp::play
