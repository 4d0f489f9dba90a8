// `aapp-play live PRESET`: live monitoring. What the command line asks for; the story is in live_app.cpp.
#pragma once

#include <string>

#include "common/base/error.h"
#include "common/cli/common_options.h"
#include "play/device_options.h"

namespace aapp::play {

struct LiveOptions {
  cli::CommonOptions common;
  std::string preset = "bypass";  // file or name
  DeviceOptions device;
  int period_frames = 0;         // 0: the server's
  std::string map;               // "1,1": input for each output, "" as the device has them
  double duration_s = 0.0;       // 0: until interrupted
  std::string record;            // file for dry and wet, "" for none
  std::string learn;             // the reference to learn, "" for none
  double learn_s = 15.0;         // how much sound to hear before
  std::string save;              // where the learned preset goes by itself, "" for nowhere
  bool meters = false;           // print levels although stdout is no terminal
  bool force = false;            // play although the machine seems too slow; replace a file that exists
  bool wait = false;             // start although there is no device yet
  bool measure_latency = false;  // measure a loop instead of playing
};

// Plays until interrupted (which is the normal end: exit code 0) or for duration_s.
Result<void> run_live(const LiveOptions& options);

}  // namespace aapp::play
