#include "common/io/open_audio.h"

#include <sys/stat.h>
#include <unistd.h>

#include "common/audio/stream_spec.h"
#include "common/io/wav_stream.h"

namespace aapp::io {
namespace {

FileInfo describe_raw(const std::string& path, const RawSpec& spec, const audio::BlockSource& source) {
  FileFormat format{.container = "raw", .sample_format = std::string(raw_sample_format(spec))};
  return {.path = path,
          .format = std::move(format),
          .rate_hz = spec.rate_hz,
          .channels = spec.channels,
          .frames = source.total_frames().value_or(0)};
}

// A WAV in a pipe, as far as that goes without seeking; decoders get the rest.
Result<OpenedAudio> open_pipe() {
  const std::string name = "standard input";
  auto head = read_wav_head(STDIN_FILENO, name);
  if (!head) return tl::unexpected(head.error());
  if (!head->spec) {
    auto reader = AudioFileReader::open("-", head->bytes);
    if (!reader) return tl::unexpected(reader.error());
    FileInfo info = (*reader)->info();
    return OpenedAudio{.source = std::move(*reader), .info = std::move(info)};
  }
  const RawSpec& spec = *head->spec;
  if (auto checked = audio::check_stream_spec({.rate_hz = spec.rate_hz, .channels = spec.channels}, name);
      !checked)
    return tl::unexpected(checked.error());
  auto reader = head->audio_bytes
                    ? RawPcmReader::take_part(::dup(STDIN_FILENO), name, spec, *head->audio_bytes)
                    : RawPcmReader::take(::dup(STDIN_FILENO), name, spec);
  if (!reader) return tl::unexpected(reader.error());
  FileInfo info = describe_raw(name, spec, **reader);
  info.format.container = "wav";
  return OpenedAudio{.source = std::move(*reader), .info = std::move(info)};
}

bool is_pipe(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode);
}

// Samples as WAV stores them; none for what WAV has not.
std::optional<RawSpec> wav_samples(const OutputSpec& spec) {
  for (const audio::PcmEncoding encoding :
       {audio::PcmEncoding::u8, audio::PcmEncoding::s16, audio::PcmEncoding::s24, audio::PcmEncoding::s32,
        audio::PcmEncoding::f32, audio::PcmEncoding::f64}) {
    const RawSpec samples{
        .format = {.encoding = encoding}, .rate_hz = spec.rate_hz, .channels = spec.channels};
    if (raw_sample_format(samples) == spec.format.sample_format) return samples;
  }
  return std::nullopt;
}

Result<void> check_raw_output(const std::string& path, const OutputSpec& spec) {
  if (!spec.raw)
    return fail(ErrorCode::usage, "{}: headerless output needs --raw ENCODING:RATE:CHANNELS", path);
  if (spec.raw->rate_hz == spec.rate_hz && spec.raw->channels == spec.channels) return {};
  return fail(
      ErrorCode::usage,
      "{}: --raw says {} Hz and {} channels, but the audio has {} Hz and {}; convert it with --rate or the "
      "convert command",
      path, spec.raw->rate_hz, spec.raw->channels, spec.rate_hz, spec.channels);
}

}  // namespace

bool is_raw_path(const std::string& path, const std::optional<RawSpec>& raw) {
  return raw && !container_from_path(path);
}

Result<OpenedAudio> open_audio(const std::string& path, const std::optional<RawSpec>& raw) {
  if (path == "-" && ::isatty(STDIN_FILENO) == 1) {
    return fail(ErrorCode::usage, "standard input is a terminal; pipe audio into it or name a file");
  }
  if (is_raw_path(path, raw)) {
    auto reader = RawPcmReader::open(path, *raw);
    if (!reader) return tl::unexpected(reader.error());
    FileInfo info = describe_raw(path, *raw, **reader);
    return OpenedAudio{.source = std::move(*reader), .info = std::move(info)};
  }
  if (path == "-" && is_pipe(STDIN_FILENO)) return open_pipe();
  auto reader = AudioFileReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  FileInfo info = (*reader)->info();
  return OpenedAudio{.source = std::move(*reader), .info = std::move(info)};
}

Result<std::unique_ptr<AudioWriter>> create_audio(const std::string& path, const OutputSpec& spec,
                                                  const WriteOptions& options) {
  if (path == "-" && ::isatty(STDOUT_FILENO) == 1) {
    return fail(ErrorCode::usage, "standard output is a terminal; redirect it or name a file with -o");
  }
  if (spec.format.container == "raw") {
    if (auto checked = check_raw_output(path, spec); !checked) return tl::unexpected(checked.error());
    return RawPcmWriter::create(path, *spec.raw, options);
  }
  const std::optional<RawSpec> samples = wav_samples(spec);
  if (path == "-" && spec.extent == Extent::unbounded && spec.format.container == "wav" && samples) {
    return RawPcmWriter::create(path, *samples, options, wav_stream_header(*samples));
  }
  return AudioFileWriter::create(path, spec.format, spec.rate_hz, spec.channels, options);
}

}  // namespace aapp::io
