// Whether a file can hold what its header declares: a look at the container's own chunk sizes, before a
// decoder trusts them. libsndfile quietly shortens a file whose data chunk ends beyond the end of the file; a
// cut-off recording would pass for a whole one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/error.h"

namespace aapp::io {

// Fails with ErrorCode::unreadable for an empty file; for WAV, RF64, W64, AIFF and CAF whose audio chunk
// declares more bytes than the file has, or which declare no channels; for a FLAC stream that declares more
// frames than its size could code; for an Ogg file that ends inside a page. Files of other kinds pass: it
// does not say whether they are audio. Reads with pread: the descriptor's position stays.
//
// A data size of 0xFFFFFFFF, 0x80000000 or 0x7FFFF000 means "written to a pipe, length unknown" (ffmpeg,
// arecord, SoX) and passes: such a file holds what it holds.
Result<void> check_container(int descriptor, const std::string& path);

// The format chunk of WAV, RF64 and W64 as it stands there, contradictions included.
struct WaveFormat {
  int tag = 0;
  int channels = 0;
  std::int64_t rate_hz = 0, bytes_per_second = 0;
  int frame_bytes = 0, bits = 0;
};

// What a file says about itself, whether or not it can be decoded.
struct ContainerFacts {
  std::uint64_t file_bytes = 0;
  std::optional<WaveFormat> wave{};
  std::optional<std::uint64_t> audio_at{};  // of containers made of chunks: where the samples begin
  std::uint64_t declared_bytes = 0;         // of samples
  std::uint64_t held_bytes = 0;             // from audio_at to the end of the file
  bool length_unknown = false;              // declared_bytes is one of the values above
};

// Fails for what is no file that can be read.
Result<ContainerFacts> read_container(const std::string& path);

}  // namespace aapp::io
