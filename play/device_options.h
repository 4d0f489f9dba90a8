// Which device to open, as the command lines of `live` and `tune` ask for it.
#pragma once

#include <optional>
#include <string>

#include "common/base/error.h"
#include "play/device/audio_device.h"

namespace aapp::play {

struct DeviceOptions {
  std::string backend = "auto";    // auto jack pulse alsa rtaudio-jack
  std::string device;              // part of the name of both sides
  std::string input;               // part of a name, or "none"
  std::string output;              // part of a name, or "none"
  int rate_hz = 0;                 // 0: the device's
  int buffers = 2;                 // periods that PulseAudio or ALSA queue
  std::optional<int> channels_in;  // absent: the device's, at most two
  std::optional<int> channels_out;
};

// Absent for "auto". Fails with ErrorCode::usage.
Result<std::optional<Backend>> parse_backend(const std::string& name);

DeviceWishes device_wishes(const DeviceOptions& options);

}  // namespace aapp::play
