// What the command line asks of the verbs that use sound cards. They are done in play/live, which one of the
// two programs has.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::play {

// Which device to open, for `live` and `tune`.
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
  bool save_power = false;       // let processors sleep deeply between periods
  bool measure_latency = false;  // measure a loop instead of playing
};

struct TuneOptions {
  cli::CommonOptions common;
  std::string preset = "bypass";  // file or name
  DeviceOptions device;
  double seconds = 5.0;     // that a period must hold
  int dropouts = 0;         // that are forgiven in this time
  bool force = false;       // change JACK's period although others use it
  bool save_power = false;  // as live would
};

struct DevicesOptions {
  cli::CommonOptions common;
};

struct LiveVerbs {
  std::function<Result<void>(const LiveOptions&)> live;
  std::function<Result<void>(const TuneOptions&)> tune;
  std::function<Result<void>(const DevicesOptions&)> devices;
};

}  // namespace aapp::play
