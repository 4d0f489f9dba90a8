// A JACK client that does nothing but copy: what a machine does to it, it does to every client.
//
//   jack_idle NAME      until a signal ends it
#include <jack/jack.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

namespace {

struct Ports {
  std::array<jack_port_t*, 2> in{}, out{};
};

int copy(jack_nframes_t frames, void* argument) {
  const auto& ports = *static_cast<Ports*>(argument);
  for (std::size_t c = 0; c < ports.in.size(); ++c) {
    const auto* from = static_cast<const float*>(jack_port_get_buffer(ports.in[c], frames));
    std::copy_n(from, frames, static_cast<float*>(jack_port_get_buffer(ports.out[c], frames)));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  jack_client_t* client = jack_client_open(argv[1], JackNoStartServer, nullptr);
  if (client == nullptr) return 1;
  Ports ports;
  for (std::size_t c = 0; c < ports.in.size(); ++c) {
    const std::string number = std::to_string(c + 1);
    ports.in[c] =
        jack_port_register(client, ("in_" + number).c_str(), JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    ports.out[c] =
        jack_port_register(client, ("out_" + number).c_str(), JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
  }
  jack_set_process_callback(client, copy, &ports);
  if (jack_activate(client) != 0) return 1;
  for (std::size_t c = 0; c < ports.in.size(); ++c) {
    const std::string number = std::to_string(c + 1);
    jack_connect(client, ("system:capture_" + number).c_str(), jack_port_name(ports.in[c]));
    jack_connect(client, jack_port_name(ports.out[c]), ("system:playback_" + number).c_str());
  }
  std::puts("ready");
  std::fflush(stdout);
  for (;;) ::pause();
}
