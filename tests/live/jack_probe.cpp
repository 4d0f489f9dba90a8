// A measuring pair for JACK: one client plays a file into ports, another records ports, and both count frames
// by the server's clock. They lie in the same graph without a loop, so what comes back `offset` frames late
// was delayed by exactly that much on the way; a lost cycle is seen and counted, never mistaken for a delay.
//
//   jack_probe IN.wav OUT.wav --to CLIENT:in_1,CLIENT:in_2 --from CLIENT:out_1,CLIENT:out_2 [--freewheel]
//
// OUT has as many frames as IN plus --tail. Prints one JSON line: frames recorded, cycles lost, xruns.
#include <jack/jack.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "common/audio/buffer.h"
#include "common/io/audio_file.h"

namespace {

using aapp::audio::AudioBuffer;

struct Arguments {
  std::string in, out, to, from;
  std::size_t tail_frames = 0;
  bool freewheel = false;
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t end = std::min(list.find(',', start), list.size());
    if (end > start) items.push_back(list.substr(start, end - start));
    start = end + 1;
  }
  return items;
}

// The frame of the server's clock at which the file starts; 0 until it is decided.
std::atomic<jack_nframes_t> start_frame{0};
std::atomic<int> xruns{0};
// The server tells of an xrun by another thread than it calls the clients with.
constexpr std::chrono::milliseconds kTidingsTime{100};

// One JACK client with ports of one direction that moves `audio` through them.
class End {
 public:
  End(const char* name, AudioBuffer& audio, JackPortFlags direction) : audio_(audio), direction_(direction) {
    client_ = jack_client_open(name, JackNoStartServer, nullptr);
    if (client_ == nullptr) throw std::runtime_error("no JACK server");
    for (int c = 0; c < audio.channels(); ++c) {
      ports_.push_back(jack_port_register(client_, ("port_" + std::to_string(c + 1)).c_str(),
                                          JACK_DEFAULT_AUDIO_TYPE, static_cast<unsigned long>(direction), 0));
    }
    jack_set_process_callback(
        client_, [](jack_nframes_t n, void* self) { return static_cast<End*>(self)->run(n); }, this);
    jack_set_xrun_callback(
        client_,
        [](void*) {
          ++xruns;
          return 0;
        },
        nullptr);
    if (jack_activate(client_) != 0) throw std::runtime_error("JACK does not activate");
  }
  ~End() { jack_client_close(client_); }
  End(const End&) = delete;
  End& operator=(const End&) = delete;

  void connect(const std::vector<std::string>& peers) {
    for (std::size_t i = 0; i < ports_.size() && i < peers.size(); ++i) {
      const char* mine = jack_port_name(ports_[i]);
      const int failed = direction_ == JackPortIsOutput ? jack_connect(client_, mine, peers[i].c_str())
                                                        : jack_connect(client_, peers[i].c_str(), mine);
      if (failed != 0) throw std::runtime_error("cannot connect " + peers[i]);
    }
  }
  jack_client_t* client() { return client_; }
  // The server's clock at the latest cycle; it counts frames in freewheel mode too.
  jack_nframes_t now() const { return now_; }
  bool done() const { return done_; }
  int lost_cycles() const { return lost_cycles_; }

 private:
  int run(jack_nframes_t frames) {
    const jack_nframes_t now = jack_last_frame_time(client_);
    now_ = now;
    const jack_nframes_t start = start_frame;
    const auto position = static_cast<std::int64_t>(now) - static_cast<std::int64_t>(start);
    const auto length = static_cast<std::int64_t>(audio_.frames());
    if (start != 0 && position > 0 && position <= length && position != expected_) ++lost_cycles_;
    expected_ = position + frames;
    for (std::size_t c = 0; c < ports_.size(); ++c) {
      auto* port = static_cast<float*>(jack_port_get_buffer(ports_[c], frames));
      const std::span<float> file = audio_.channel(static_cast<int>(c));
      for (std::int64_t i = 0; i < frames; ++i) {
        const bool inside = start != 0 && position + i >= 0 && position + i < length;
        if (direction_ == JackPortIsOutput) {
          port[i] = inside ? file[static_cast<std::size_t>(position + i)] : 0.0F;
        } else if (inside) {
          file[static_cast<std::size_t>(position + i)] = port[i];
        }
      }
    }
    if (start != 0 && position + frames >= length) done_ = true;
    return 0;
  }

  AudioBuffer& audio_;
  JackPortFlags direction_;
  jack_client_t* client_ = nullptr;
  std::vector<jack_port_t*> ports_;
  std::atomic<jack_nframes_t> now_{0};
  std::int64_t expected_ = 0;
  std::atomic<bool> done_{false};
  std::atomic<int> lost_cycles_{0};
};

void wait_until_done(const End& player, const End& recorder) {
  using namespace std::chrono_literals;
  while (!player.done() || !recorder.done()) std::this_thread::sleep_for(5ms);
}

// As it is, with whatever is not finite.
AudioBuffer load(const std::string& path, int& rate_hz) {
  auto reader = aapp::io::AudioFileReader::open(path);
  if (!reader) throw std::runtime_error(reader.error().message);
  rate_hz = (*reader)->rate_hz();
  AudioBuffer audio((*reader)->channels(), static_cast<std::size_t>((*reader)->info().frames));
  for (std::size_t at = 0; at < audio.frames();) {
    const auto count =
        (*reader)->read(audio.view().slice(at, std::min<std::size_t>(audio.frames() - at, 65536)));
    if (!count) throw std::runtime_error(count.error().message);
    at += *count;
  }
  return audio;
}

int probe(const Arguments& arguments) {
  int rate_hz = 0;
  AudioBuffer input = load(arguments.in, rate_hz);
  const std::vector<std::string> to = split(arguments.to), from = split(arguments.from);
  AudioBuffer output(static_cast<int>(from.size()), input.frames() + arguments.tail_frames);
  int lost = 0, xruns_heard = 0;
  {
    End player("probe_out", input, JackPortIsOutput);
    End recorder("probe_in", output, JackPortIsInput);
    player.connect(to);
    recorder.connect(from);
    // The graph settles within a few periods; the file starts when it has.
    const jack_nframes_t settle =
        8 * jack_get_buffer_size(player.client()) + jack_get_sample_rate(player.client()) / 10;
    if (arguments.freewheel) jack_set_freewheel(player.client(), 1);
    while (player.now() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    start_frame = player.now() + settle;
    xruns = 0;  // those before are not in the take
    wait_until_done(player, recorder);
    std::this_thread::sleep_for(kTidingsTime);
    xruns_heard = xruns;
    if (arguments.freewheel) jack_set_freewheel(player.client(), 0);
    lost = player.lost_cycles() + recorder.lost_cycles();
  }
  aapp::io::FileFormat format{.container = "wav", .sample_format = "float"};
  auto writer = aapp::io::AudioFileWriter::create(arguments.out, format, rate_hz, output.channels());
  if (!writer) throw std::runtime_error(writer.error().message);
  if (auto ok = (*writer)->write(std::as_const(output).view()); !ok)
    throw std::runtime_error(ok.error().message);
  if (auto ok = (*writer)->finish(); !ok) throw std::runtime_error(ok.error().message);
  std::printf("{\"frames\": %zu, \"lost_cycles\": %d, \"xruns\": %d}\n", output.frames(), lost, xruns_heard);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("plays a file into JACK ports and records others, sample by sample");
  app.add_option("in", arguments.in)->required();
  app.add_option("out", arguments.out)->required();
  app.add_option("--to", arguments.to)->required();
  app.add_option("--from", arguments.from)->required();
  app.add_option("--tail", arguments.tail_frames);
  app.add_flag("--freewheel", arguments.freewheel);
  CLI11_PARSE(app, argc, argv);
  try {
    return probe(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "jack_probe: %s\n", error.what());
    return 1;
  }
}
