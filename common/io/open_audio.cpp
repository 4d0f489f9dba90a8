#include "common/io/open_audio.h"

#include <unistd.h>

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
  return AudioFileWriter::create(path, spec.format, spec.rate_hz, spec.channels, options);
}

}  // namespace aapp::io
