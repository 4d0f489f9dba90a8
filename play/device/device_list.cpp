#include "play/device/device_list.h"

#include <array>

#include "play/device/jack_device.h"
#include "play/device/rtaudio_device.h"

namespace aapp::play {
namespace {

// The order of `auto`: the one that adds no latency first, then the one that desktops run, then the bare
// hardware.
constexpr std::array kAutoOrder{Backend::jack, Backend::pulse, Backend::alsa};

Result<OpenedDevice> open_one(Backend backend, const DeviceWishes& wishes) {
  std::unique_ptr<AudioDevice> device = make_device(backend);
  Result<StreamFacts> facts = device->open(wishes);
  if (!facts) return tl::unexpected(facts.error());
  return OpenedDevice{std::move(device), std::move(*facts)};
}

}  // namespace

std::string_view backend_name(Backend backend) {
  switch (backend) {
    case Backend::jack:
      return "jack";
    case Backend::pulse:
      return "pulse";
    case Backend::alsa:
      return "alsa";
    case Backend::rtaudio_jack:
      return "rtaudio-jack";
  }
  return "";
}

std::unique_ptr<AudioDevice> make_device(Backend backend) {
  return backend == Backend::jack ? make_jack_device() : make_rtaudio_device(backend);
}

std::vector<BackendListing> list_devices() {
  std::vector<BackendListing> all;
  for (const Backend backend : kAutoOrder) {
    Result<BackendListing> listing =
        backend == Backend::jack ? list_jack_devices() : list_rtaudio_devices(backend);
    all.push_back(listing ? std::move(*listing)
                          : BackendListing{.backend = backend, .unavailable = listing.error().message});
  }
  return all;
}

Result<OpenedDevice> open_device(std::optional<Backend> backend, const DeviceWishes& wishes) {
  if (backend) return open_one(*backend, wishes);
  std::string tried;
  for (const Backend candidate : kAutoOrder) {
    Result<OpenedDevice> opened = open_one(candidate, wishes);
    if (opened) return opened;
    tried +=
        fmt::format("{}{}: {}", tried.empty() ? "" : "; ", backend_name(candidate), opened.error().message);
  }
  return fail(ErrorCode::device_unavailable, "no audio device could be opened ({})", tried);
}

}  // namespace aapp::play
