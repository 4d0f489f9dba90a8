// A device opened for a preset, and the preset admitted to what was opened: everything that takes time before
// a stream can start. It may run on any thread.
#pragma once

#include <functional>
#include <optional>

#include "common/preset/preset.h"
#include "play/device/device_list.h"
#include "play/engine/engine.h"
#include "play/engine/preset_gate.h"

namespace aapp::play {

enum class WhenAbsent { fail, wait };

struct SessionOptions {
  std::optional<Backend> backend;  // absent: the first that answers, then that one for good
  DeviceWishes wishes;
  std::optional<ChannelMap> map{};            // absent: default_channel_map
  WhenAbsent when_absent = WhenAbsent::fail;  // what start() does without a device
  // Asked before a preset plays. Empty: everything is admitted, and nothing is predicted.
  Admit admit{};
  // Hears what every stream of the session hears and plays, on the control thread (Engine::set_listener).
  TapListener listener{};
  // How devices are opened; tests put their own here. Called on other threads too.
  std::function<Result<OpenedDevice>(std::optional<Backend>, const DeviceWishes&)> opener = open_device;
};

struct AdmittedStream {
  Preset preset;
  OpenedDevice device;
  EngineSetup setup;
  std::optional<double> predicted_us;  // as Admit gives it
};

// Fails where the device cannot be opened, the map does not suit it, or the preset is not admitted.
Result<AdmittedStream> open_admitted(const SessionOptions& options, const Preset& preset);

}  // namespace aapp::play
