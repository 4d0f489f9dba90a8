#include "play/live/devices_app.h"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "play/device/device_list.h"

namespace aapp::play {
namespace {

using Json = nlohmann::ordered_json;

std::string device_text(const DeviceInfo& device) {
  std::string defaults;
  if (device.default_input) defaults += ", default input";
  if (device.default_output) defaults += ", default output";
  std::string rates = "any rate";
  if (!device.rates_hz.empty()) rates = fmt::format("{} Hz", fmt::join(device.rates_hz, " "));
  if (device.rates_hz.size() > 1 && device.preferred_rate_hz != 0) {
    rates = fmt::format("{} Hz (takes {})", device.preferred_rate_hz, fmt::join(device.rates_hz, " "));
  }
  return fmt::format("  {}: {} in, {} out, {}{}\n", device.name, device.channels_in, device.channels_out,
                     rates, defaults);
}

std::string listing_text(const BackendListing& listing) {
  std::string text = fmt::format("{}\n", backend_name(listing.backend));
  if (!listing.unavailable.empty()) return text + fmt::format("  none: {}\n", listing.unavailable);
  for (const DeviceInfo& device : listing.devices) text += device_text(device);
  return listing.devices.empty() ? text + "  none: the server runs without devices\n" : text;
}

Json listing_json(const BackendListing& listing) {
  Json devices = Json::array();
  for (const DeviceInfo& device : listing.devices) {
    devices.push_back({{"name", device.name},
                       {"channels_in", device.channels_in},
                       {"channels_out", device.channels_out},
                       {"default_input", device.default_input},
                       {"default_output", device.default_output},
                       {"preferred_rate_hz", device.preferred_rate_hz},
                       {"rates_hz", device.rates_hz}});
  }
  const bool available = listing.unavailable.empty();
  return {{"name", backend_name(listing.backend)},
          {"available", available},
          {"reason", available ? Json(nullptr) : Json(listing.unavailable)},
          {"devices", std::move(devices)}};
}

}  // namespace

Result<void> run_devices(const DevicesOptions& options) {
  Json backends = Json::array();
  for (const BackendListing& listing : list_devices()) {
    if (options.common.json) {
      backends.push_back(listing_json(listing));
    } else {
      fmt::print("{}", listing_text(listing));
    }
  }
  if (options.common.json) fmt::print("{}\n", Json{{"backends", std::move(backends)}}.dump(2));
  return {};
}

}  // namespace aapp::play
