// A native JACK client: in one cycle of the graph it reads its input ports and fills its output ports, so it
// adds no frame of its own. (RtAudio's JACK code hands over the input one period late.) It publishes the
// latency of the processing to the graph and follows changes of the buffer size; it never starts a server.
#pragma once

#include <memory>
#include <optional>

#include "play/device/audio_device.h"
#include "play/device/device_list.h"

namespace aapp::play {

// The server is the one that JACK_DEFAULT_SERVER names, as for every JACK program.
std::unique_ptr<AudioDevice> make_jack_device();

// The clients with audio ports, as devices; an error when no server runs.
Result<BackendListing> list_jack_devices();

}  // namespace aapp::play
