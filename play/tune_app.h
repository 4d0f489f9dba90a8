// `aapp-play tune [PRESET]`: the smallest period that holds on this machine and device, and how many presets
// of this kind would fit into it.
#pragma once

#include <string>

#include "common/base/error.h"
#include "common/cli/common_options.h"
#include "play/device_options.h"

namespace aapp::play {

struct TuneOptions {
  cli::CommonOptions common;
  std::string preset = "bypass";  // file or name
  DeviceOptions device;
  double seconds = 5.0;  // that a period must hold
  int dropouts = 0;      // that are forgiven in this time
  bool force = false;    // change JACK's period although others use it
};

// Fails with ErrorCode::refused when no period holds.
Result<void> run_tune(const TuneOptions& options);

}  // namespace aapp::play
