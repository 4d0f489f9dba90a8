#include "play/device/jack_device.h"

#include <fmt/ranges.h>
#include <jack/jack.h>
#include <jack/statistics.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <vector>

#include "play/device/name_match.h"

namespace aapp::play {
namespace {

constexpr const char* kAudioType = JACK_DEFAULT_AUDIO_TYPE;

// libjack writes every failed attempt to stderr; we say what matters ourselves.
void silence_libjack() {
  jack_set_error_function([](const char*) {});
  jack_set_info_function([](const char*) {});
}

std::vector<std::string> port_names(jack_client_t* client, unsigned long flags) {
  std::vector<std::string> names;
  const char** ports = jack_get_ports(client, nullptr, kAudioType, flags);
  if (ports == nullptr) return names;
  for (const char** port = ports; *port != nullptr; ++port) names.emplace_back(*port);
  jack_free(static_cast<void*>(ports));
  return names;
}

struct ClientCloser {
  void operator()(jack_client_t* client) const { jack_client_close(client); }
};
using Client = std::unique_ptr<jack_client_t, ClientCloser>;

Result<Client> open_client(const std::string& name) {
  silence_libjack();
  jack_status_t status{};
  Client client(jack_client_open(name.c_str(), JackNoStartServer, &status));
  if (client) return client;
  const char* server = std::getenv("JACK_DEFAULT_SERVER");
  if ((static_cast<unsigned>(status) & (JackServerFailed | JackServerError)) != 0) {
    return fail(ErrorCode::device_unavailable,
                "no JACK server \"{}\" answers; start one, for example: jackd -d alsa",
                server != nullptr ? server : "default");
  }
  return fail(ErrorCode::device_unavailable, "the JACK server refuses client \"{}\" (status {:#x})", name,
              static_cast<unsigned>(status));
}

// One direction of the stream: our ports and the foreign ones that we connect to.
struct Side {
  std::vector<jack_port_t*> ports;
  std::vector<std::string> peers;  // as many as ports, or fewer
  std::optional<int> latency_frames;
};

class JackDevice final : public AudioDevice {
 public:
  JackDevice() = default;
  ~JackDevice() override { close(); }

  Result<StreamFacts> open(const DeviceWishes& wishes) override;
  Result<void> start(AudioCallback callback) override;
  void close() noexcept override;
  DeviceStatus status() const noexcept override;
  void publish_latency(std::int64_t frames) override;
  Result<void> request_period(int frames) override;

 private:
  Result<void> check_wishes(const DeviceWishes& wishes) const;
  Result<std::vector<std::string>> find_peers(const std::string& part, JackPortFlags direction) const;
  Result<void> register_ports(Side& side, int count, JackPortFlags direction);
  void register_callbacks();
  StreamFacts facts() const;

  int process(jack_nframes_t frames) noexcept;
  void relay_latency(jack_latency_callback_mode_t mode) noexcept;
  void count_xrun() noexcept;

  Client client_;
  Side in_, out_;
  AudioCallback callback_;
  bool active_ = false;

  std::atomic<bool> lost_{false};               // written by libjack's shutdown thread
  std::atomic<std::uint64_t> callbacks_{0};     // written by the audio thread
  std::atomic<std::uint64_t> xruns_{0};         // written by libjack's notification thread
  std::atomic<std::uint64_t> device_xruns_{0};  // written by libjack's notification thread
  jack_client_t* told_by_ = nullptr;  // client_, for the notification thread, also while that is being closed
  float driver_delay_us_ = 0.0F;      // the latest that the server told of; the same thread's
  std::atomic<int> rate_hz_{0};       // written by open, then by the notification thread
  std::atomic<int> period_frames_{0};           // written by open, then by the notification thread
  std::atomic<jack_nframes_t> own_latency_{0};  // written by the control thread
};

Result<void> JackDevice::check_wishes(const DeviceWishes& wishes) const {
  if (wishes.rate_hz != 0 && wishes.rate_hz != rate_hz_) {
    return fail(
        ErrorCode::device_unavailable,
        "JACK runs at {} Hz, {} Hz was asked for, and nothing is resampled behind your back; leave the rate "
        "out or restart the server with it",
        rate_hz_.load(), wishes.rate_hz);
  }
  if (wishes.period_frames != 0 && wishes.period_frames != period_frames_) {
    return fail(ErrorCode::device_unavailable,
                "JACK runs with {} frames a period, {} were asked for; leave it out or run: jack_bufsize {}",
                period_frames_.load(), wishes.period_frames, wishes.period_frames);
  }
  return {};
}

// The ports to connect to: the physical ones, or every port whose full name contains `part`.
Result<std::vector<std::string>> JackDevice::find_peers(const std::string& part,
                                                        JackPortFlags direction) const {
  if (part == kNoDevice) return std::vector<std::string>{};
  const auto flags = static_cast<unsigned long>(direction);
  if (part.empty()) return port_names(client_.get(), flags | JackPortIsPhysical);
  const std::vector<std::string> all = port_names(client_.get(), flags);
  std::vector<std::string> found;
  std::copy_if(all.begin(), all.end(), std::back_inserter(found),
               [&](const std::string& name) { return name_contains(name, part); });
  if (!found.empty()) return found;
  return fail(ErrorCode::device_unavailable, "no JACK {} port contains \"{}\"; there are: {}",
              direction == JackPortIsOutput ? "capture" : "playback", part,
              all.empty() ? "none" : fmt::format("{}", fmt::join(all, ", ")));
}

Result<void> JackDevice::register_ports(Side& side, int count, JackPortFlags direction) {
  for (int i = 1; i <= count; ++i) {
    const std::string name = fmt::format("{}_{}", direction == JackPortIsInput ? "in" : "out", i);
    jack_port_t* port =
        jack_port_register(client_.get(), name.c_str(), kAudioType, static_cast<unsigned long>(direction), 0);
    if (port == nullptr) {
      return fail(ErrorCode::device_unavailable, "JACK refuses port {} of {}; it may be out of ports", i,
                  count);
    }
    side.ports.push_back(port);
  }
  if (side.peers.size() > side.ports.size()) side.peers.resize(side.ports.size());
  if (side.peers.empty()) return {};
  if (jack_port_t* peer = jack_port_by_name(client_.get(), side.peers.front().c_str())) {
    jack_latency_range_t range{};
    jack_port_get_latency_range(peer, direction == JackPortIsInput ? JackCaptureLatency : JackPlaybackLatency,
                                &range);
    side.latency_frames = static_cast<int>(range.max);
  }
  return {};
}

void JackDevice::register_callbacks() {
  jack_client_t* client = client_.get();
  told_by_ = client;
  jack_set_process_callback(
      client,
      [](jack_nframes_t n, void* self) {
        // libjack ends its thread by a cancellation that may strike anywhere; in a noexcept function it would
        // end the program.
        int former = PTHREAD_CANCEL_ENABLE;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &former);
        const int result = static_cast<JackDevice*>(self)->process(n);
        pthread_setcancelstate(former, &former);
        return result;
      },
      this);
  jack_set_xrun_callback(
      client,
      [](void* self) {
        static_cast<JackDevice*>(self)->count_xrun();
        return 0;
      },
      this);
  jack_set_buffer_size_callback(
      client,
      [](jack_nframes_t n, void* self) {
        static_cast<JackDevice*>(self)->period_frames_ = static_cast<int>(n);
        return 0;
      },
      this);
  jack_set_sample_rate_callback(
      client,
      [](jack_nframes_t n, void* self) {
        static_cast<JackDevice*>(self)->rate_hz_ = static_cast<int>(n);
        return 0;
      },
      this);
  jack_set_latency_callback(
      client,
      [](jack_latency_callback_mode_t mode, void* self) {
        static_cast<JackDevice*>(self)->relay_latency(mode);
      },
      this);
  jack_on_info_shutdown(
      client, [](jack_status_t, const char*, void* self) { static_cast<JackDevice*>(self)->lost_ = true; },
      this);
}

StreamFacts JackDevice::facts() const {
  const auto described = [](const Side& side) {
    return side.peers.empty() ? std::string("not connected") : fmt::format("{}", fmt::join(side.peers, ", "));
  };
  return {.backend = Backend::jack,
          .client_name = jack_get_client_name(client_.get()),
          .input = described(in_),
          .output = described(out_),
          .rate_hz = rate_hz_,
          .period_frames = period_frames_,
          .channels_in = static_cast<int>(in_.ports.size()),
          .channels_out = static_cast<int>(out_.ports.size()),
          .added_frames = 0,
          .capture_latency_frames = in_.latency_frames,
          .playback_latency_frames = out_.latency_frames};
}

int channel_count(std::optional<int> wish, const std::vector<std::string>& peers) {
  if (wish) return *wish;
  return peers.empty() ? kDefaultChannels : std::min(static_cast<int>(peers.size()), kDefaultChannels);
}

Result<StreamFacts> JackDevice::open(const DeviceWishes& wishes) {
  close();
  Result<Client> client = open_client(wishes.client_name);
  if (!client) return tl::unexpected(client.error());
  client_ = std::move(*client);
  rate_hz_ = static_cast<int>(jack_get_sample_rate(client_.get()));
  period_frames_ = static_cast<int>(jack_get_buffer_size(client_.get()));

  const auto prepare = [&]() -> Result<void> {
    if (Result<void> ok = check_wishes(wishes); !ok) return ok;
    Result<std::vector<std::string>> sources = find_peers(wishes.input, JackPortIsOutput);
    if (!sources) return tl::unexpected(sources.error());
    Result<std::vector<std::string>> sinks = find_peers(wishes.output, JackPortIsInput);
    if (!sinks) return tl::unexpected(sinks.error());
    in_.peers = std::move(*sources);
    out_.peers = std::move(*sinks);
    if (Result<void> ok = register_ports(in_, channel_count(wishes.channels_in, in_.peers), JackPortIsInput);
        !ok) {
      return ok;
    }
    return register_ports(out_, channel_count(wishes.channels_out, out_.peers), JackPortIsOutput);
  };
  if (Result<void> ok = prepare(); !ok) {
    close();
    return tl::unexpected(ok.error());
  }
  register_callbacks();
  return facts();
}

Result<void> JackDevice::start(AudioCallback callback) {
  callback_ = callback;
  if (jack_activate(client_.get()) != 0) {
    return fail(ErrorCode::device_unavailable,
                "the JACK server does not activate our client; did it just go away?");
  }
  active_ = true;
  // A peer that vanished meanwhile stays unconnected: the patch bay shows it, and sound elsewhere goes on.
  for (std::size_t i = 0; i < in_.peers.size(); ++i) {
    jack_connect(client_.get(), in_.peers[i].c_str(), jack_port_name(in_.ports[i]));
  }
  for (std::size_t i = 0; i < out_.peers.size(); ++i) {
    jack_connect(client_.get(), jack_port_name(out_.ports[i]), out_.peers[i].c_str());
  }
  return {};
}

void JackDevice::close() noexcept {
  client_.reset();
  in_ = {};
  out_ = {};
  active_ = false;
  lost_ = false;
  callbacks_ = 0;
  xruns_ = 0;
  device_xruns_ = 0;
}

DeviceStatus JackDevice::status() const noexcept {
  DeviceStatus status{.state = DeviceState::closed,
                      .callbacks = callbacks_.load(std::memory_order_relaxed),
                      .xruns = xruns_.load(std::memory_order_relaxed),
                      .device_xruns = device_xruns_.load(std::memory_order_relaxed),
                      .rate_hz = rate_hz_,
                      .period_frames = period_frames_};
  if (client_) status.state = active_ ? DeviceState::running : DeviceState::open;
  if (lost_) status.state = DeviceState::lost;
  return status;
}

void JackDevice::publish_latency(std::int64_t frames) {
  if (own_latency_.exchange(static_cast<jack_nframes_t>(frames)) == static_cast<jack_nframes_t>(frames))
    return;
  if (client_ && !lost_) jack_recompute_total_latencies(client_.get());
}

Result<void> JackDevice::request_period(int frames) {
  if (client_ && jack_set_buffer_size(client_.get(), static_cast<jack_nframes_t>(frames)) == 0) return {};
  return fail(ErrorCode::device_unavailable, "the JACK server's driver does not take periods of {} frames",
              frames);
}

// The server has one delay for its driver, which changes with each xrun that was the driver's.
void JackDevice::count_xrun() noexcept {
  xruns_.fetch_add(1, std::memory_order_relaxed);
  const float delay_us = jack_get_xrun_delayed_usecs(told_by_);
  if (std::exchange(driver_delay_us_, delay_us) != delay_us)
    device_xruns_.fetch_add(1, std::memory_order_relaxed);
}

int JackDevice::process(jack_nframes_t frames) noexcept {
  std::array<const float*, audio::kMaxChannels> in{};
  std::array<float*, audio::kMaxChannels> out{};
  for (std::size_t i = 0; i < in_.ports.size(); ++i) {
    in[i] = static_cast<const float*>(jack_port_get_buffer(in_.ports[i], frames));
  }
  for (std::size_t i = 0; i < out_.ports.size(); ++i) {
    out[i] = static_cast<float*>(jack_port_get_buffer(out_.ports[i], frames));
  }
  callback_({in.data(), static_cast<int>(in_.ports.size()), frames},
            {out.data(), static_cast<int>(out_.ports.size()), frames});
  callbacks_.store(callbacks_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return 0;
}

// What lies before us plus ourselves lies before our output ports, and the mirror image for playback: every
// path from an input to an output goes through the chain.
void JackDevice::relay_latency(jack_latency_callback_mode_t mode) noexcept {
  const bool capture = mode == JackCaptureLatency;
  jack_latency_range_t total{};
  bool first = true;
  for (jack_port_t* port : capture ? in_.ports : out_.ports) {
    jack_latency_range_t range{};
    jack_port_get_latency_range(port, mode, &range);
    total.min = first ? range.min : std::min(total.min, range.min);
    total.max = first ? range.max : std::max(total.max, range.max);
    first = false;
  }
  total.min += own_latency_;
  total.max += own_latency_;
  for (jack_port_t* port : capture ? out_.ports : in_.ports) jack_port_set_latency_range(port, mode, &total);
}

DeviceInfo& device_named(std::vector<DeviceInfo>& devices, std::string_view name) {
  for (DeviceInfo& device : devices) {
    if (device.name == name) return device;
  }
  devices.push_back({.name = std::string(name)});
  return devices.back();
}

}  // namespace

std::unique_ptr<AudioDevice> make_jack_device() {
  return std::make_unique<JackDevice>();
}

Result<BackendListing> list_jack_devices() {
  Result<Client> client = open_client("aapp-devices");
  if (!client) return tl::unexpected(client.error());
  const int rate_hz = static_cast<int>(jack_get_sample_rate(client->get()));
  BackendListing listing{.backend = Backend::jack};
  // JACK's "output" ports are where a client takes input from.
  const auto add = [&](unsigned long flags, int DeviceInfo::*channels, bool DeviceInfo::*is_default) {
    for (const std::string& port : port_names(client->get(), flags)) {
      DeviceInfo& device = device_named(listing.devices, std::string_view(port).substr(0, port.find(':')));
      device.preferred_rate_hz = rate_hz;
      device.rates_hz = {rate_hz};
      ++(device.*channels);
      if ((static_cast<unsigned>(jack_port_flags(jack_port_by_name(client->get(), port.c_str()))) &
           JackPortIsPhysical) != 0) {
        device.*is_default = true;
      }
    }
  };
  add(JackPortIsOutput, &DeviceInfo::channels_in, &DeviceInfo::default_input);
  add(JackPortIsInput, &DeviceInfo::channels_out, &DeviceInfo::default_output);
  return listing;
}

}  // namespace aapp::play
