// Headerless PCM, whose format the command line tells: `--raw s16le:16000:1`. From and to files and pipes;
// `-` is standard input or output.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/audio/block_source.h"
#include "common/audio/pcm_format.h"
#include "common/io/audio_file.h"

namespace aapp::io {

struct RawSpec {
  audio::PcmFormat format{};
  int rate_hz = 48000;
  int channels = 1;
  bool operator==(const RawSpec&) const = default;
};

// "ENCODING:RATE:CHANNELS"; encodings u8 s8 s16le s16be s24le s24be s32le s32be f32le f32be f64le f64be.
Result<RawSpec> parse_raw_spec(std::string_view text);
// The other way round.
std::string format_raw_spec(const RawSpec& spec);
std::string_view raw_encoding_name(audio::PcmFormat format);

// The name that files use for the same depth (FileFormat::sample_format).
std::string_view raw_sample_format(const RawSpec& spec);

// Reads whatever the pipe has, and keeps the bytes of a frame that has not arrived whole for the next call. A
// stream that ends inside a frame is an error, as a truncated file is; so is a file whose size is no whole
// number of frames.
class RawPcmReader : public audio::BlockSource {
 public:
  static Result<std::unique_ptr<RawPcmReader>> open(const std::string& path, const RawSpec& spec);
  // Takes over the descriptor; `name` is for messages.
  static Result<std::unique_ptr<RawPcmReader>> take(int descriptor, const std::string& name,
                                                    const RawSpec& spec);
  // The rest of a stream, of which the next `bytes` are samples and what follows them is passed over. A
  // stream that ends before them is truncated.
  static Result<std::unique_ptr<RawPcmReader>> take_part(int descriptor, const std::string& name,
                                                         const RawSpec& spec, std::uint64_t bytes);
};

// To a file through a temporary one beside it, or straight to standard output, block by block.
class RawPcmWriter : public AudioWriter {
 public:
  // `header` is written before the first samples.
  static Result<std::unique_ptr<AudioWriter>> create(const std::string& path, const RawSpec& spec,
                                                     const WriteOptions& options = {},
                                                     std::string header = "");
};

}  // namespace aapp::io
