// One trial of `tune`: a preset over noise at one period, on the device's own audio thread, heard by nobody.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "play/device/device_list.h"
#include "play/engine/engine.h"

namespace aapp::play {

// A device's callback that runs the engine, as live does, over noise and plays silence. Real-time safe.
class TrialRunner {
 public:
  // Fails as Chain::make does. The noise has the stream's channels.
  static Result<std::unique_ptr<TrialRunner>> make(const Preset& preset, const audio::StreamSpec& stream);

  void process(audio::ConstAudioView in, audio::AudioView out) noexcept;
  // The control thread's.
  LoadFigures figures() const noexcept { return engine_.load(); }
  void restart() noexcept { engine_.restart_load(); }
  void collect() { engine_.collect(); }

 private:
  explicit TrialRunner(const audio::StreamSpec& stream);

  Engine engine_;  // never faded in
  audio::AudioBuffer noise_;
};

struct TrialFigures {
  int period_frames = 0;
  double seconds = 0.0;        // for which it ran; less than was asked for where it failed
  std::uint64_t dropouts = 0;  // what the server told of, or what our callbacks missed, whichever is more
  LoadFigures load{};
  bool silent = false;  // no callback came at all, or the server went away
  bool holds = false;
};

struct TrialDemand {
  double seconds = 5.0;
  std::uint64_t dropouts = 0;
};

// Watches a device that runs `runner`, until it has failed, has held, or the user interrupts.
TrialFigures watch_trial(const AudioDevice& device, TrialRunner& runner, const TrialDemand& demand);

}  // namespace aapp::play
