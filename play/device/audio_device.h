// A sound device as the live engine sees it: opened with wishes, read back as facts, calling one function per
// period. It moves audio and reports; it decides nothing. Whether to reopen after a fault is the supervisor's
// business (play/engine/live_session.h), what the audio sounds like the engine's.
//
// Implementations: jack_device.h (native JACK client), rtaudio_device.h (PulseAudio, ALSA, JACK through
// RtAudio).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/audio/buffer.h"
#include "common/base/error.h"

namespace aapp::play {

enum class Backend { jack, pulse, alsa, rtaudio_jack };

// "jack", "pulse", "alsa", "rtaudio-jack": as `--backend` spells them.
std::string_view backend_name(Backend backend);

// What to open. Empty names mean the system's default, a part of a name the first device that contains it
// (case does not matter), kNoDevice that nothing is connected. Zeros mean "as the device has it".
inline constexpr std::string_view kNoDevice = "none";
inline constexpr int kDefaultChannels = 2;

struct DeviceWishes {
  std::string client_name = "aapp-play";  // how we appear in mixers and patch bays
  std::string input{};
  std::string output{};
  int rate_hz = 0;
  int period_frames = 0;
  std::optional<int> channels_in{};  // absent: the device's, at most kDefaultChannels
  std::optional<int> channels_out{};
  int buffers = 2;  // periods that the server queues, 2 to 4, where it can be chosen
};

// What was opened, read back from the stream.
struct StreamFacts {
  Backend backend = Backend::jack;
  std::string client_name{};
  std::string input{};  // for people: the device, or the ports we are connected to
  std::string output{};
  int rate_hz = 0;
  int period_frames = 0;
  int channels_in = 0;
  int channels_out = 0;
  // Frames that the back end itself puts between input and output, beyond what the audio server does for any
  // client; nothing where it cannot be known without measuring.
  std::optional<int> added_frames{};
  // What the server states for its own capture and playback side; nothing where it states none.
  std::optional<int> capture_latency_frames{};
  std::optional<int> playback_latency_frames{};
  std::vector<std::string> notes{};  // what the user should know: resampling by the server
};

enum class DeviceState {
  closed,
  open,     // ready, not calling back
  running,  // calling back
  lost,     // the server or the device went away; only close() helps
};

// A look at a device from outside; any thread but the audio thread may ask.
struct DeviceStatus {
  DeviceState state = DeviceState::closed;
  std::uint64_t callbacks = 0;     // since start
  std::uint64_t xruns = 0;         // reported by the server since start
  std::uint64_t device_xruns = 0;  // those of them for which it blames its own driver
  int rate_hz = 0;                 // now; differs from the facts when the server changed it
  int period_frames = 0;           // now
};

// The function that the device calls once per period on its audio thread: reads `in`, fills all of `out`.
// Both have the same number of frames, which may differ from call to call; either may have no channels. Plain
// pointers, so that calling allocates nothing.
struct AudioCallback {
  void* object = nullptr;
  void (*function)(void* object, audio::ConstAudioView in, audio::AudioView out) noexcept = nullptr;

  void operator()(audio::ConstAudioView in, audio::AudioView out) const noexcept {
    function(object, in, out);
  }
};

// AudioCallback for object.process(in, out).
template <class T>
AudioCallback callback_to(T& object) {
  return {&object, [](void* self, audio::ConstAudioView in, audio::AudioView out) noexcept {
            static_cast<T*>(self)->process(in, out);
          }};
}

// One thread (the control thread) makes every call; the callback runs on the device's own thread between
// start and close.
class AudioDevice {
 public:
  virtual ~AudioDevice() = default;
  AudioDevice() = default;
  AudioDevice(const AudioDevice&) = delete;
  AudioDevice& operator=(const AudioDevice&) = delete;

  // Fails with ErrorCode::device_unavailable and one sentence: no server, no such device, it refused.
  virtual Result<StreamFacts> open(const DeviceWishes& wishes) = 0;
  // After open, once. The object behind the callback must live until close.
  virtual Result<void> start(AudioCallback callback) = 0;
  // No callback runs once this has returned. Harmless in any state.
  virtual void close() noexcept = 0;

  virtual DeviceStatus status() const noexcept = 0;
  // Asks the server for another period, for all of its clients; not from the callback. Fails where streams
  // have periods of their own, which open() chooses.
  virtual Result<void> request_period(int /*frames*/) {
    return fail(ErrorCode::device_unavailable, "this back end's period is chosen when a stream is opened");
  }
  // Tells the server how long the processing delays audio, where it wants to know (JACK).
  virtual void publish_latency(std::int64_t /*frames*/) {}
};

}  // namespace aapp::play
