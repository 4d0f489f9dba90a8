// `live --learn REFERENCE`: hears the microphone for some seconds, then makes a preset that brings it to the
// sound of the reference, with the code of `aapp-analyze fit --source`. Measuring the reference and fitting
// run on a thread of their own, at the lowest priority, so that the sound that plays meanwhile does not
// notice.
//
// This folder is the one place where the player uses the analyser (docs/architecture.md).
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/audio/buffer.h"
#include "common/base/error.h"
#include "common/preset/preset.h"
#include "play/engine/signal_tap.h"

namespace aapp::play {

// Sound above this level counts as heard; pauses belong to the source but do not count.
inline constexpr double kHeardDbfs = -60.0;

struct LearnOptions {
  std::string reference;  // an audio file
  double listen_s = 15.0;
  double give_up_s = 120.0;  // of listening in vain
};

enum class LearnStage { listening, fitting, done };

struct Learned {
  Preset preset;        // with its "fit" and "provenance", as the analyser writes them
  std::string summary;  // one sentence: distances before and after
};

class Learner {
 public:
  // Begins to measure the reference at once. Fails when the file is no audio.
  static Result<std::unique_ptr<Learner>> start(const LearnOptions& options);
  // Stops a fit under way as soon as it looks, which may take some seconds.
  ~Learner();

  // Control thread; a TapListener. Listens to the dry signal until it has heard enough.
  void hear(const audio::StreamSpec& spec, const TappedBlock& piece);

  LearnStage stage() const { return stage_; }
  double heard_s() const { return heard_s_; }                  // above kHeardDbfs
  std::int64_t heard_frames() const { return heard_frames_; }  // all that the fit gets, with its pauses
  const LearnOptions& options() const { return options_; }
  // The outcome, once, when there is one.
  std::optional<Result<Learned>> take();

 private:
  explicit Learner(const LearnOptions& options) : options_(options) {}
  void begin_fit();
  void fail_with(Error error);
  Result<Learned> fit(const audio::AudioBuffer& heard, int rate_hz) const;

  LearnOptions options_;

  // The control thread's.
  LearnStage stage_ = LearnStage::listening;
  int rate_hz_ = 0;
  std::int64_t heard_frames_ = 0;
  std::vector<std::vector<float>> channels_;
  double heard_s_ = 0.0, listened_s_ = 0.0;
  double window_energy_ = 0.0;  // of the stretch that is being judged
  std::int64_t window_frames_ = 0;

  std::thread thread_;
  std::atomic<bool> stop_{false};  // written by the control thread
  std::mutex mutex_;
  std::optional<Result<Learned>> outcome_;  // guarded by mutex_
};

}  // namespace aapp::play
