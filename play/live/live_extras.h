// What `aapp-play live` does beside playing: recording (--record) and learning a reference (--learn). Both
// hear the session's tap on the control thread and work on threads of their own.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "play/engine/live_session.h"
#include "play/learn/learner.h"
#include "play/live/live_app.h"
#include "play/record/recorder.h"

namespace aapp::play {

class LiveExtras {
 public:
  // Refuses here what could not be done at the end: a file that may not be written, a reference that is none.
  static Result<std::unique_ptr<LiveExtras>> make(const LiveOptions& options);

  // A TapListener.
  void hear(const audio::StreamSpec& spec, const TappedBlock& piece);
  // Tells what came of it and plays what was learned.
  void poll(LiveSession& session);

  // Where the preset that was learned is, if it has been saved since the last call.
  std::optional<std::string> take_saved() { return std::exchange(saved_, std::nullopt); }
  // Saves what was learned: where --save says, or under the reference's name in the current folder.
  void save_learned(LiveSession& session);

  // After the session has stopped: completes the recording.
  Result<void> finish(LiveSession& session);

 private:
  explicit LiveExtras(const LiveOptions& options);
  void poll_learner(LiveSession& session);
  void play_learned(LiveSession& session, Result<Learned> outcome);

  Overwrite overwrite_;
  std::string save_path_;
  bool save_at_once_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<Learner> learner_;
  LearnStage told_stage_ = LearnStage::done;
  int told_s_ = 0;  // heard so far, as last told
  std::optional<Preset> learned_;
  std::optional<std::string> saved_;
};

}  // namespace aapp::play
