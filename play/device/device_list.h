// What sound devices there are, by back end: what `aapp-play devices` prints and how `--backend auto`
// chooses.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "play/device/audio_device.h"

namespace aapp::play {

struct DeviceInfo {
  std::string name{};
  int channels_in = 0;
  int channels_out = 0;
  bool default_input = false;
  bool default_output = false;
  int preferred_rate_hz = 0;    // what it runs at now, or likes best; 0 unknown
  std::vector<int> rates_hz{};  // what it takes without refusing, ascending
};

struct BackendListing {
  Backend backend = Backend::jack;
  std::vector<DeviceInfo> devices{};
  std::string unavailable{};  // why there is nothing, "" where the back end answered
};

// All back ends in the order in which `auto` tries them. Opens no stream; never fails: what does not answer
// says why.
std::vector<BackendListing> list_devices();

std::unique_ptr<AudioDevice> make_device(Backend backend);

// A device that is open.
struct OpenedDevice {
  std::unique_ptr<AudioDevice> device;
  StreamFacts facts;
};

// Opens on this back end, or without one on the first of JACK (native), PulseAudio, ALSA that answers. The
// message of a failure names what was tried and what to do.
Result<OpenedDevice> open_device(std::optional<Backend> backend, const DeviceWishes& wishes);

}  // namespace aapp::play
