// From what the command line says of a device to what is asked of the back ends.
#pragma once

#include <optional>
#include <string>

#include "play/device/audio_device.h"
#include "play/live_verbs.h"

namespace aapp::play {

// Absent for "auto". Fails with ErrorCode::usage.
Result<std::optional<Backend>> parse_backend(const std::string& name);

DeviceWishes device_wishes(const DeviceOptions& options);

}  // namespace aapp::play
