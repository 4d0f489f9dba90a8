#include "play/live/device_options.h"

namespace aapp::play {

Result<std::optional<Backend>> parse_backend(const std::string& name) {
  if (name == "auto") return std::optional<Backend>{};
  for (const Backend backend : {Backend::jack, Backend::pulse, Backend::alsa, Backend::rtaudio_jack}) {
    if (name == backend_name(backend)) return std::optional(backend);
  }
  return fail(ErrorCode::usage, "--backend is \"{}\"; must be auto, jack, pulse, alsa or rtaudio-jack", name);
}

DeviceWishes device_wishes(const DeviceOptions& options) {
  return {.input = options.input.empty() ? options.device : options.input,
          .output = options.output.empty() ? options.device : options.output,
          .rate_hz = options.rate_hz,
          .channels_in = options.channels_in,
          .channels_out = options.channels_out,
          .buffers = options.buffers};
}

}  // namespace aapp::play
