// One trial of `tune`: a preset over noise at one period, on the device's own audio thread, heard by nobody.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/chain/chain.h"
#include "play/device/device_list.h"
#include "play/engine/load_meter.h"

namespace aapp::play {

// A device's callback that runs a chain over noise and plays silence. Real-time safe.
class TrialRunner {
 public:
  // The chain's channels are those of the noise.
  explicit TrialRunner(chain::Chain chain);

  void process(audio::ConstAudioView in, audio::AudioView out) noexcept;
  // Any thread.
  LoadFigures figures() const noexcept { return load_.figures(); }
  void restart() noexcept { load_.restart(); }

 private:
  chain::Chain chain_;
  audio::AudioBuffer noise_, block_;
  LoadMeter load_;
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
