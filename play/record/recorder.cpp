#include "play/record/recorder.h"

#include <algorithm>
#include <chrono>

#include "common/audio/interleave.h"

namespace aapp::play {
namespace {

constexpr std::size_t kWriteFrames = 4096;
constexpr std::chrono::milliseconds kIdle{20};

std::size_t all_channels(const audio::StreamSpec& spec) {
  return 2 * static_cast<std::size_t>(spec.channels);
}

}  // namespace

Recorder::Recorder(std::string path, std::string container, Overwrite overwrite)
    : path_(std::move(path)), container_(std::move(container)), overwrite_(overwrite) {}

Recorder::~Recorder() {
  static_cast<void>(finish());
}

Result<std::unique_ptr<Recorder>> Recorder::create(std::string path, Overwrite overwrite) {
  Result<std::string> container = io::container_from_path(path);
  if (!container) return tl::unexpected(container.error());
  if (Result<void> free = check_target(path, overwrite); !free) return tl::unexpected(free.error());
  return std::unique_ptr<Recorder>(new Recorder(std::move(path), std::move(*container), overwrite));
}

Result<void> Recorder::begin(const audio::StreamSpec& spec) {
  const std::size_t channels = all_channels(spec);
  if (channels > static_cast<std::size_t>(audio::kMaxChannels)) {
    return fail(ErrorCode::failed, "{}: {} channels, each dry and wet, are more than a file's {}", path_,
                spec.channels, audio::kMaxChannels);
  }
  auto writer = io::AudioFileWriter::create(path_, {.container = container_}, spec.rate_hz,
                                            static_cast<int>(channels), {.overwrite = overwrite_});
  if (!writer) return tl::unexpected(writer.error());
  writer_ = std::move(*writer);
  queue_ = std::make_unique<rt::SpscQueue<float>>(static_cast<std::size_t>(kRecorderSeconds * spec.rate_hz) *
                                                  channels);
  frames_.resize(channels * static_cast<std::size_t>(spec.max_block_frames));
  popped_.resize(channels * kWriteFrames);
  block_.resize(static_cast<int>(channels), kWriteFrames);
  spec_ = spec;
  thread_ = std::thread([this] { write_all(); });
  return {};
}

void Recorder::hear(const audio::StreamSpec& spec, const TappedBlock& piece) {
  if (ended_ || failed_) return;
  if (!spec_) {
    if (Result<void> begun = begin(spec); !begun) {
      ended_ = true;
      return trouble(begun.error());
    }
    expected_ = piece.position;
  }
  if (spec.rate_hz != spec_->rate_hz || spec.channels != spec_->channels) {
    ended_ = true;
    return trouble(
        {ErrorCode::failed,
         fmt::format("{}: the recording ends here: the stream now has {} Hz and {} channels instead of "
                     "{} Hz and {}",
                     path_, spec.rate_hz, spec.channels, spec_->rate_hz, spec_->channels)});
  }
  // A reopened stream counts from 0; what passed meanwhile was not heard by anybody.
  if (piece.position < expected_) expected_ = piece.position;
  const std::int64_t missing = piece.position - expected_;
  if (missing > 0 && !push_silence(missing)) return;
  if (push(piece)) expected_ = piece.position + static_cast<std::int64_t>(piece.dry.frames());
}

// What was lost stays in time. All of it or, when the queue has no room, nothing yet.
bool Recorder::push_silence(std::int64_t frames) {
  const std::size_t samples = static_cast<std::size_t>(frames) * all_channels(*spec_);
  if (queue_->capacity() - queue_->size() < samples) return false;
  for (std::size_t done = 0; done < samples;) {
    const std::span<float> part = std::span(frames_).first(std::min(samples - done, frames_.size()));
    std::ranges::fill(part, 0.0F);
    queue_->try_push_all(part);
    done += part.size();
  }
  lost_frames_ += frames;
  expected_ += frames;
  return true;
}

bool Recorder::push(const TappedBlock& piece) {
  const auto dry_channels = static_cast<std::size_t>(spec_->channels);
  const std::size_t channels = all_channels(*spec_);
  for (std::size_t c = 0; c < channels; ++c) {
    const bool dry = c < dry_channels;
    const auto from = (dry ? piece.dry : piece.wet).channel(static_cast<int>(dry ? c : c - dry_channels));
    for (std::size_t i = 0; i < from.size(); ++i) frames_[i * channels + c] = from[i];
  }
  return queue_->try_push_all(std::span(frames_).first(channels * piece.dry.frames()));
}

void Recorder::write_all() {
  for (;;) {
    const bool last = no_more_;  // read before the queue, so that nothing comes after an empty look
    bool any = false;
    if (Result<void> written = write_some(any); !written) return give_up(written.error());
    if (any) continue;
    if (last) break;
    std::this_thread::sleep_for(kIdle);
  }
  if (Result<void> done = writer_->finish(); !done) {
    failed_ = true;
    trouble(done.error());
  }
}

Result<void> Recorder::write_some(bool& any) {
  const std::size_t samples = queue_->pop_some(popped_);
  any = samples > 0;
  if (!any) return {};
  const std::size_t frames = samples / static_cast<std::size_t>(block_.channels());
  const audio::AudioView block = block_.view().slice(0, frames);
  audio::deinterleave(std::span(popped_).first(samples), block);
  if (Result<void> written = writer_->write(block); !written) return written;
  written_ += static_cast<std::int64_t>(frames);
  return {};
}

// A full disk has room for the header that is there already, so what came before is kept.
void Recorder::give_up(const Error& error) {
  const Result<void> kept = writer_->finish();
  failed_ = true;
  trouble({ErrorCode::failed,
           kept ? fmt::format("{}; the recording ends here, the {:.1f} s before are kept", error.message,
                              static_cast<double>(written_) / spec_->rate_hz)
                : fmt::format("{}; nothing could be kept: {}", error.message, kept.error().message)});
}

void Recorder::trouble(Error error) {
  const std::lock_guard lock(mutex_);
  if (!trouble_) trouble_ = std::move(error);
}

std::optional<Error> Recorder::take_trouble() {
  const std::lock_guard lock(mutex_);
  return std::exchange(trouble_, std::nullopt);
}

Result<RecordingFigures> Recorder::finish() {
  ended_ = true;
  no_more_ = true;
  if (thread_.joinable()) thread_.join();
  if (std::optional<Error> error = take_trouble()) return tl::unexpected(std::move(*error));
  return RecordingFigures{.frames = written_,
                          .lost_frames = lost_frames_,
                          .seconds = spec_ ? static_cast<double>(written_) / spec_->rate_hz : 0.0};
}

}  // namespace aapp::play
