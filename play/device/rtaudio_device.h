// Devices through RtAudio 5.2: PulseAudio, ALSA, and JACK where somebody asks for it. RtAudio hands over the
// input of a duplex stream one period late on all of them, and its errors, latencies and stream states are
// not to be relied on; what it hides is worked round here or left to the supervisor (docs/live.md,
// "RtAudio").
#pragma once

#include <memory>

#include "play/device/audio_device.h"
#include "play/device/device_list.h"

namespace aapp::play {

// Requires a backend other than Backend::jack.
std::unique_ptr<AudioDevice> make_rtaudio_device(Backend backend);
Result<BackendListing> list_rtaudio_devices(Backend backend);

}  // namespace aapp::play
