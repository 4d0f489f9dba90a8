// What is asked of the operating system while sound plays, beside real-time priority (live_session.h): that
// memory stays where it is and processors stay awake. As long as the object lives; nobody is refused because
// of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/rt/stay_awake.h"
#include "play/engine/live_session.h"

namespace aapp::play {

class Machine {
 public:
  explicit Machine(bool save_power);
  // What was not permitted, as notes.
  void tell(LiveSession& session) const;

 private:
  std::optional<rt::StayAwake> awake_;
  std::vector<std::string> notes_;
};

}  // namespace aapp::play
