// `aapp-play live PRESET`: live monitoring. What the command line asks for; the story is in live_app.cpp.
#pragma once

#include <optional>
#include <string>

#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::play {

struct LiveOptions {
  cli::CommonOptions common;
  std::string preset = "bypass";   // file or name
  std::string backend = "auto";    // auto jack pulse alsa rtaudio-jack
  std::string device;              // part of the name of both sides
  std::string input;               // part of a name, or "none"
  std::string output;              // part of a name, or "none"
  int rate_hz = 0;                 // 0: the device's
  int period_frames = 0;           // 0: the server's
  int buffers = 2;                 // periods that PulseAudio or ALSA queue
  std::optional<int> channels_in;  // absent: the device's, at most two
  std::optional<int> channels_out;
  std::string map;               // "1,1": input for each output, "" as the device has them
  double duration_s = 0.0;       // 0: until interrupted
  bool meters = false;           // print levels although stdout is no terminal
  bool force = false;            // play although the machine seems too slow for the preset
  bool wait = false;             // start although there is no device yet
  bool measure_latency = false;  // measure a loop instead of playing
};

// Plays until interrupted (which is the normal end: exit code 0) or for duration_s.
Result<void> run_live(const LiveOptions& options);

}  // namespace aapp::play
