#include "play/device/rtaudio_device.h"

#include <RtAudio.h>
#include <alsa/asoundlib.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "common/audio/interleave.h"
#include "play/device/name_match.h"

namespace aapp::play {
namespace {

// What RtAudio and PulseAudio run well with when nobody asks.
constexpr int kDefaultPeriodFrames = 256;
constexpr int kDefaultRateHz = 48000;
constexpr int kMinBuffers = 2;
constexpr int kMaxBuffers = 4;

RtAudio::Api api_of(Backend backend) {
  switch (backend) {
    case Backend::pulse:
      return RtAudio::LINUX_PULSE;
    case Backend::alsa:
      return RtAudio::LINUX_ALSA;
    default:
      return RtAudio::UNIX_JACK;
  }
}

void ignore_alsa_message(const char*, int, const char*, int, const char*, ...) {}

// RtAudio's warnings and libasound's go to stderr otherwise, from the audio thread too.
std::unique_ptr<RtAudio> quiet_rtaudio(Backend backend) {
  snd_lib_error_set_handler(ignore_alsa_message);
  auto rtaudio = std::make_unique<RtAudio>(api_of(backend));
  rtaudio->showWarnings(false);
  return rtaudio;
}

std::vector<RtAudio::DeviceInfo> probe(RtAudio& rtaudio) {
  std::vector<RtAudio::DeviceInfo> devices;
  const unsigned count = rtaudio.getDeviceCount();
  for (unsigned i = 0; i < count; ++i) devices.push_back(rtaudio.getDeviceInfo(i));
  return devices;
}

enum class Direction { input, output };

int channels_of(const RtAudio::DeviceInfo& device, Direction direction) {
  if (!device.probed) return 0;
  return static_cast<int>(direction == Direction::input ? device.inputChannels : device.outputChannels);
}

struct Choice {
  unsigned index = 0;
  int channels = 0;
  RtAudio::DeviceInfo info;
};

// The default device of this direction, or the first whose name contains `part`.
std::optional<unsigned> choose(const std::vector<RtAudio::DeviceInfo>& devices, Direction direction,
                               const std::string& part) {
  std::optional<unsigned> first;
  for (unsigned i = 0; i < devices.size(); ++i) {
    const RtAudio::DeviceInfo& device = devices[i];
    if (channels_of(device, direction) == 0) continue;
    if (!part.empty() && name_contains(device.name, part)) return i;
    const bool is_default = direction == Direction::input ? device.isDefaultInput : device.isDefaultOutput;
    if (part.empty() && is_default) return i;
    if (!first) first = i;
  }
  return part.empty() ? first : std::nullopt;
}

std::string names_with(const std::vector<RtAudio::DeviceInfo>& devices, Direction direction) {
  std::string names;
  for (const RtAudio::DeviceInfo& device : devices) {
    if (channels_of(device, direction) == 0) continue;
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", device.name);
  }
  return names.empty() ? "none" : names;
}

std::string_view direction_name(Direction direction) {
  return direction == Direction::input ? "input" : "output";
}

// The chosen device with its channel count checked: RtAudio reads past its port list when asked for more than
// there are. Nothing when this side is not wanted.
Result<std::optional<Choice>> choose_side(const std::vector<RtAudio::DeviceInfo>& devices,
                                          Direction direction, const std::string& part,
                                          std::optional<int> channels) {
  if (part == kNoDevice || channels == 0) return std::optional<Choice>{};
  const std::optional<unsigned> index = choose(devices, direction, part);
  if (!index) {
    return fail(ErrorCode::device_unavailable, "no {} device's name contains \"{}\"; there are: {}",
                direction_name(direction), part, names_with(devices, direction));
  }
  const int most = channels_of(devices[*index], direction);
  const int wanted = channels.value_or(std::min(most, kDefaultChannels));
  if (wanted > most) {
    return fail(ErrorCode::device_unavailable, "\"{}\" has {} {} channels; {} were asked for",
                devices[*index].name, most, direction_name(direction), wanted);
  }
  return Choice{.index = *index, .channels = wanted, .info = devices[*index]};
}

class RtAudioDevice final : public AudioDevice {
 public:
  explicit RtAudioDevice(Backend backend) : backend_(backend) {}
  ~RtAudioDevice() override { close(); }

  Result<StreamFacts> open(const DeviceWishes& wishes) override;
  Result<void> start(AudioCallback callback) override;
  void close() noexcept override;
  DeviceStatus status() const noexcept override;

 private:
  struct Sides {
    std::optional<Choice> in, out;
  };
  Result<Sides> choose_sides(const DeviceWishes& wishes);
  int choose_rate(const DeviceWishes& wishes, const Sides& sides) const;
  Result<void> open_stream(const DeviceWishes& wishes, const Sides& sides, int rate_hz);
  StreamFacts facts(const DeviceWishes& wishes, const Sides& sides) const;
  void process(float* out, const float* in, std::size_t frames, RtAudioStreamStatus status) noexcept;

  Backend backend_;
  std::unique_ptr<RtAudio> rtaudio_;
  audio::AudioBuffer in_, out_;  // planar; RtAudio's own buffers are interleaved
  AudioCallback callback_;
  int rate_hz_ = 0;
  int period_frames_ = 0;
  bool started_ = false;
  std::atomic<std::uint64_t> callbacks_{0};  // written by the audio thread
  std::atomic<std::uint64_t> xruns_{0};      // written by the audio thread
};

Result<RtAudioDevice::Sides> RtAudioDevice::choose_sides(const DeviceWishes& wishes) {
  const std::vector<RtAudio::DeviceInfo> devices = probe(*rtaudio_);
  if (devices.empty()) {
    return fail(
        ErrorCode::device_unavailable, "{}",
        backend_ == Backend::pulse  ? "no PulseAudio or PipeWire server answers; start one, for example: "
                                      "pulseaudio --start"
        : backend_ == Backend::alsa ? "ALSA knows no sound card"
                                    : "no JACK server answers; start one, for example: jackd -d alsa");
  }
  Result<std::optional<Choice>> in = choose_side(devices, Direction::input, wishes.input, wishes.channels_in);
  if (!in) return tl::unexpected(in.error());
  Result<std::optional<Choice>> out =
      choose_side(devices, Direction::output, wishes.output, wishes.channels_out);
  if (!out) return tl::unexpected(out.error());
  if (!*in && !*out) return fail(ErrorCode::usage, "neither an input nor an output was asked for");
  return Sides{std::move(*in), std::move(*out)};
}

int RtAudioDevice::choose_rate(const DeviceWishes& wishes, const Sides& sides) const {
  if (wishes.rate_hz != 0) return wishes.rate_hz;
  const RtAudio::DeviceInfo& leading = sides.out ? sides.out->info : sides.in->info;
  return leading.preferredSampleRate != 0 ? static_cast<int>(leading.preferredSampleRate) : kDefaultRateHz;
}

Result<void> RtAudioDevice::open_stream(const DeviceWishes& wishes, const Sides& sides, int rate_hz) {
  const auto parameters = [](const std::optional<Choice>& side) {
    RtAudio::StreamParameters stream;
    if (side)
      stream = {
          .deviceId = side->index, .nChannels = static_cast<unsigned>(side->channels), .firstChannel = 0};
    return stream;
  };
  RtAudio::StreamParameters in = parameters(sides.in), out = parameters(sides.out);
  RtAudio::StreamOptions options;
  options.numberOfBuffers = static_cast<unsigned>(std::clamp(wishes.buffers, kMinBuffers, kMaxBuffers));
  options.streamName = wishes.client_name;
  auto frames =
      static_cast<unsigned>(wishes.period_frames != 0 ? wishes.period_frames : kDefaultPeriodFrames);
  const RtAudioCallback trampoline = [](void* output, void* input, unsigned n, double,
                                        RtAudioStreamStatus status, void* self) {
    static_cast<RtAudioDevice*>(self)->process(static_cast<float*>(output), static_cast<const float*>(input),
                                               n, status);
    return 0;
  };
  try {
    rtaudio_->openStream(sides.out ? &out : nullptr, sides.in ? &in : nullptr, RTAUDIO_FLOAT32,
                         static_cast<unsigned>(rate_hz), &frames, trampoline, this, &options);
  } catch (const RtAudioError& error) {
    return fail(ErrorCode::device_unavailable, "{} does not open a stream of {} Hz and {} frames: {}",
                backend_name(backend_), rate_hz, frames, error.getMessage());
  }
  rate_hz_ = static_cast<int>(rtaudio_->getStreamSampleRate());
  period_frames_ = static_cast<int>(frames);
  if (wishes.period_frames != 0 && backend_ == Backend::rtaudio_jack &&
      period_frames_ != wishes.period_frames) {
    return fail(ErrorCode::device_unavailable,
                "JACK runs with {} frames a period, {} were asked for; leave it out or run: jack_bufsize {}",
                period_frames_, wishes.period_frames, wishes.period_frames);
  }
  in_.resize(sides.in ? sides.in->channels : 0, frames);
  out_.resize(sides.out ? sides.out->channels : 0, frames);
  return {};
}

// One sentence where the server converts between its device's rate and ours.
std::string resampling_note(const std::optional<Choice>& side, Direction direction, int rate_hz) {
  if (!side || side->info.preferredSampleRate == 0) return "";
  const auto device_hz = static_cast<int>(side->info.preferredSampleRate);
  if (device_hz == rate_hz) return "";
  return fmt::format("the audio server resamples the {} between {} Hz (\"{}\") and {} Hz",
                     direction_name(direction), device_hz, side->info.name, rate_hz);
}

StreamFacts RtAudioDevice::facts(const DeviceWishes& wishes, const Sides& sides) const {
  StreamFacts facts{.backend = backend_,
                    .client_name = wishes.client_name,
                    .input = sides.in ? sides.in->info.name : "not connected",
                    .output = sides.out ? sides.out->info.name : "not connected",
                    .rate_hz = rate_hz_,
                    .period_frames = period_frames_,
                    .channels_in = in_.channels(),
                    .channels_out = out_.channels()};
  // RtAudio calls back before it copies the input in, so the input waits one period. Beyond that JACK alone
  // has no queues of its own; what PulseAudio and ALSA buffer is not told (getStreamLatency is 0 or one
  // side's share).
  if (backend_ == Backend::rtaudio_jack) facts.added_frames = period_frames_;
  if (backend_ != Backend::rtaudio_jack) {
    for (std::string note : {resampling_note(sides.in, Direction::input, rate_hz_),
                             resampling_note(sides.out, Direction::output, rate_hz_)}) {
      if (!note.empty()) facts.notes.push_back(std::move(note));
    }
  }
  return facts;
}

Result<StreamFacts> RtAudioDevice::open(const DeviceWishes& wishes) {
  close();
  try {
    rtaudio_ = quiet_rtaudio(backend_);
    Result<Sides> sides = choose_sides(wishes);
    if (!sides) {
      close();
      return tl::unexpected(sides.error());
    }
    if (Result<void> opened = open_stream(wishes, *sides, choose_rate(wishes, *sides)); !opened) {
      close();
      return tl::unexpected(opened.error());
    }
    return facts(wishes, *sides);
  } catch (const RtAudioError& error) {
    close();
    return fail(ErrorCode::device_unavailable, "{} cannot be asked: {}", backend_name(backend_),
                error.getMessage());
  }
}

Result<void> RtAudioDevice::start(AudioCallback callback) {
  callback_ = callback;
  try {
    rtaudio_->startStream();
  } catch (const RtAudioError& error) {
    return fail(ErrorCode::device_unavailable, "{} does not start the stream: {}", backend_name(backend_),
                error.getMessage());
  }
  started_ = true;
  return {};
}

// Never stopStream(): it drains, which waits for ever on a server that is gone; and on JACK it waits for a
// callback that a changed buffer size keeps from coming. The engine has faded out before.
void RtAudioDevice::close() noexcept {
  if (!rtaudio_) return;
  try {
    if (rtaudio_->isStreamOpen()) rtaudio_->closeStream();
    rtaudio_.reset();
  } catch (const RtAudioError&) {
    rtaudio_.reset();
  }
  started_ = false;
  callbacks_ = 0;
  xruns_ = 0;
}

DeviceStatus RtAudioDevice::status() const noexcept {
  DeviceStatus status{.state = DeviceState::closed,
                      .callbacks = callbacks_.load(std::memory_order_relaxed),
                      .xruns = xruns_.load(std::memory_order_relaxed),
                      .rate_hz = rate_hz_,
                      .period_frames = period_frames_};
  if (!rtaudio_) return status;
  status.state = started_ ? DeviceState::running : DeviceState::open;
  // A JACK stream whose server died closes itself and tells nobody.
  if (started_ && !rtaudio_->isStreamOpen()) status.state = DeviceState::lost;
  return status;
}

void RtAudioDevice::process(float* out, const float* in, std::size_t frames,
                            RtAudioStreamStatus status) noexcept {
  const std::size_t count = std::min(frames, in_.frames());
  const audio::AudioView in_view = in_.view().slice(0, count);
  const audio::AudioView out_view = out_.view().slice(0, count);
  const auto samples = [](const audio::AudioView& view) {
    return static_cast<std::size_t>(view.channels()) * view.frames();
  };
  if (in != nullptr) audio::deinterleave({in, samples(in_view)}, in_view);
  callback_(in_view, out_view);
  if (out != nullptr) audio::interleave(out_view, {out, samples(out_view)});
  if (status != 0) xruns_.store(xruns_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  callbacks_.store(callbacks_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

std::unique_ptr<AudioDevice> make_rtaudio_device(Backend backend) {
  return std::make_unique<RtAudioDevice>(backend);
}

Result<BackendListing> list_rtaudio_devices(Backend backend) {
  BackendListing listing{.backend = backend};
  try {
    for (const RtAudio::DeviceInfo& info : probe(*quiet_rtaudio(backend))) {
      if (!info.probed) continue;
      DeviceInfo device{.name = info.name,
                        .channels_in = static_cast<int>(info.inputChannels),
                        .channels_out = static_cast<int>(info.outputChannels),
                        .default_input = info.isDefaultInput,
                        .default_output = info.isDefaultOutput,
                        .preferred_rate_hz = static_cast<int>(info.preferredSampleRate),
                        .rates_hz = {info.sampleRates.begin(), info.sampleRates.end()}};
      listing.devices.push_back(std::move(device));
    }
  } catch (const RtAudioError& error) {
    return fail(ErrorCode::device_unavailable, "{} cannot be asked: {}", backend_name(backend),
                error.getMessage());
  }
  if (listing.devices.empty()) {
    return fail(
        ErrorCode::device_unavailable, "{}",
        backend == Backend::pulse ? "no PulseAudio or PipeWire server answers" : "ALSA knows no sound card");
  }
  return listing;
}

}  // namespace aapp::play
