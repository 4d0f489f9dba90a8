// WAV through pipes, where nobody can seek: a header that is read or written once, in front of headerless PCM
// (raw_pcm.h) that may go on for ever. Internal to io.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/io/raw_pcm.h"

namespace aapp::io {

// The beginning of a stream, up to where samples begin if it is WAV of a kind that raw_pcm reads.
struct WavHead {
  std::string bytes{};            // all that was read: what a decoder that takes over must be given first
  std::optional<RawSpec> spec{};  // none: no WAV, or a compressed one
  std::optional<std::uint64_t> audio_bytes{};  // none: until the stream ends
};

// Reads no byte of the samples. A stream that ends early is no error here: it is no WAV.
Result<WavHead> read_wav_head(int descriptor, const std::string& name);

// A header that says "length unknown", as ffmpeg and SoX write it to pipes. Requires little-endian samples of
// an encoding that WAV has.
std::string wav_stream_header(const RawSpec& spec);

}  // namespace aapp::io
