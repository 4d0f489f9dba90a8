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

// `-` streams, block by block, where it is headerless or an uncompressed WAV in a pipe. Anything else that
// comes from `-` is copied to an unnamed temporary file first, since decoders must seek.
Result<OpenedAudio> open_audio(const std::string& path, const std::optional<RawSpec>& raw = std::nullopt);

// Whether what is to be written has an end that is known before it comes.
enum class Extent { bounded, unbounded };

struct OutputSpec {
  FileFormat format{};  // container "raw": headerless, as `raw` says
  int rate_hz = 48000;
  int channels = 2;
  std::optional<RawSpec> raw{};
  Extent extent = Extent::bounded;
};

// Headerless output to `-` streams, and so does WAV of unbounded extent, with a header that says "length
// unknown"; other containers are made in an unnamed temporary file and copied out by finish(). Fails if `raw`
// names another rate or number of channels than the audio has, and if standard output is a terminal.
Result<std::unique_ptr<AudioWriter>> create_audio(const std::string& path, const OutputSpec& spec,
                                                  const WriteOptions& options = {});

}  // namespace aapp::io
