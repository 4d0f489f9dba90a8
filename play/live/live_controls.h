// What the musician can change while `aapp-play live` runs: a preset file that is saved is played at once,
// keys step through the presets, compare with the dry sound, mute and quit.
#pragma once

#include <string>
#include <vector>

#include "common/preset/library.h"
#include "play/control/file_watch.h"
#include "play/control/keyboard.h"
#include "play/engine/live_session.h"
#include "play/live/live_extras.h"

namespace aapp::play {

// "keys: n p next/previous preset, b bypass, ..."
std::string keys_text();

class LiveControls {
 public:
  // preset_path is the file that session plays.
  LiveControls(LiveSession& session, LiveExtras& extras, std::string preset_path);

  // Looks for keys and a saved file; acts and tells through the session's events.
  void poll(std::int64_t now_ms);
  bool quit() const { return quit_; }
  bool has_keys() const { return keyboard_.there(); }

 private:
  void press(char key);
  void step(int by);
  void play_file(const std::string& path);

  LiveSession& session_;
  LiveExtras& extras_;
  FileWatch file_;
  Keyboard keyboard_;
  std::vector<preset::LibraryEntry> library_;
  std::int64_t looked_ms_ = 0;
  bool quit_ = false;
};

}  // namespace aapp::play
