// Records what live hears and plays into one file: first the dry channels, then the wet ones, frame by frame
// together. The control thread hands over pieces through a queue that never waits; a thread of its own writes
// them, so that a slow disk holds up neither sound nor control, and a full one ends the recording but not the
// sound.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/io/audio_file.h"
#include "common/rt/spsc_queue.h"
#include "play/engine/signal_tap.h"

namespace aapp::play {

// How much sound waits for a slow disk before frames are lost (and recorded as silence, in time).
inline constexpr double kRecorderSeconds = 8.0;

struct RecordingFigures {
  std::int64_t frames = 0;       // in the file
  std::int64_t lost_frames = 0;  // of them silence, because nobody took them in time
  double seconds = 0.0;
};

class Recorder {
 public:
  // The file appears under its name at the end. Fails where it cannot: no such folder, no audio format, it
  // exists and may not be replaced.
  static Result<std::unique_ptr<Recorder>> create(std::string path, Overwrite overwrite);
  // As finish().
  ~Recorder();

  // Control thread; a TapListener. The first piece decides rate and channels; a stream of another kind ends
  // the recording.
  void hear(const audio::StreamSpec& spec, const TappedBlock& piece);
  // Why the recording has ended before its time, once. What was recorded until then is in the file.
  std::optional<Error> take_trouble();
  // Waits until everything is written and the file has its name. Nothing is recorded afterwards.
  Result<RecordingFigures> finish();

  const std::string& path() const { return path_; }

 private:
  Recorder(std::string path, std::string container, Overwrite overwrite);
  Result<void> begin(const audio::StreamSpec& spec);
  bool push_silence(std::int64_t frames);
  bool push(const TappedBlock& piece);
  void write_all();
  Result<void> write_some(bool& any);
  void give_up(const Error& error);
  void trouble(Error error);

  std::string path_, container_;
  Overwrite overwrite_;

  // The control thread's.
  std::optional<audio::StreamSpec> spec_;
  std::int64_t expected_ = 0;  // position of the next piece
  std::int64_t lost_frames_ = 0;
  std::vector<float> frames_;  // a piece, interleaved
  bool ended_ = false;
  std::thread thread_;

  // The writing thread's between begin() and the join.
  std::unique_ptr<io::AudioWriter> writer_;
  std::int64_t written_ = 0;
  std::vector<float> popped_;
  audio::AudioBuffer block_;

  // Between them.
  std::unique_ptr<rt::SpscQueue<float>> queue_;
  std::atomic<bool> no_more_{false};  // written by the control thread
  std::atomic<bool> failed_{false};   // written by the writing thread
  std::mutex mutex_;
  std::optional<Error> trouble_;  // guarded by mutex_
};

}  // namespace aapp::play
