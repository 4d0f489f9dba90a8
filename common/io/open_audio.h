// Opens whatever the command line names: a file of any known container, headerless PCM, or `-` for standard
// input and output. What verbs use instead of choosing between audio_file.h and raw_pcm.h themselves.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/io/audio_file.h"
#include "common/io/raw_pcm.h"

namespace aapp::io {

// Whether `path` means headerless PCM, given a --raw on the command line: everything but the known
// extensions.
bool is_raw_path(const std::string& path, const std::optional<RawSpec>& raw);

struct OpenedAudio {
  std::unique_ptr<audio::BlockSource> source;
  FileInfo info;  // frames 0 where a pipe does not tell; container "raw" for headerless PCM
};

// `-` without `raw` is copied to an unnamed temporary file first, since decoders must seek; with `raw` it
// streams.
Result<OpenedAudio> open_audio(const std::string& path, const std::optional<RawSpec>& raw = std::nullopt);

struct OutputSpec {
  FileFormat format{};  // container "raw": headerless, as `raw` says
  int rate_hz = 48000;
  int channels = 2;
  std::optional<RawSpec> raw{};
};

// Headerless output to `-` streams; other containers are made in an unnamed temporary file and copied out by
// finish(). Fails if `raw` names another rate or number of channels than the audio has, and if standard
// output is a terminal.
Result<std::unique_ptr<AudioWriter>> create_audio(const std::string& path, const OutputSpec& spec,
                                                  const WriteOptions& options = {});

}  // namespace aapp::io
