// Audio files through libsndfile: WAV (8/16/24/32-bit, float, double), RF64, W64, FLAC, AIFF, CAF, OGG
// Vorbis, Opus, MP3, at any rate, 1 to 64 channels. Reading gives float32 with 0 dBFS = 1.0 (integers divided
// by 2^(bits-1)).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/audio/block_source.h"
#include "common/audio/pcm_format.h"
#include "common/base/atomic_file.h"

namespace aapp::io {

// What to write. sample_format "" picks the container's best lossless common choice (WAV: float).
struct FileFormat {
  std::string container = "wav";  // wav rf64 w64 flac aiff caf ogg opus mp3
  std::string sample_format{};    // pcm_u8 pcm_s8 pcm_16 pcm_24 pcm_32 float double; codecs take none
  bool operator==(const FileFormat&) const = default;
};

// What a file says it is.
struct FileInfo {
  std::string path;
  FileFormat format;
  int rate_hz = 0;
  int channels = 0;
  std::int64_t frames = 0;
};

class AudioFileReader : public audio::BlockSource {
 public:
  // Fails with ErrorCode::unreadable and one sentence: missing, empty, truncated, no audio format, a format
  // that the extension contradicts, zero channels, more than 64 channels, rate out of range, declared length
  // that the file cannot hold. Memory does not depend on what the file declares. read fails in the same way
  // where damage shows only during decoding.
  // `-` is standard input, of which `already_read` has been read.
  static Result<std::unique_ptr<AudioFileReader>> open(const std::string& path,
                                                       std::string_view already_read = {});
  virtual const FileInfo& info() const = 0;
};

struct WriteOptions {
  audio::Dither dither = audio::Dither::none;  // for integer formats
  Overwrite overwrite = Overwrite::refuse;
};

struct WriteStats {
  std::int64_t frames = 0;
  std::int64_t clipped_samples = 0;     // beyond full scale, in integer formats
  std::int64_t non_finite_samples = 0;  // NaN or infinite: written as 0
};

// Where audio is written to, and what has become of it so far.
class AudioWriter : public audio::BlockSink {
 public:
  virtual const WriteStats& stats() const = 0;
};

// Writes to a temporary file beside `path`; finish() renames it into place, destruction without finish()
// removes it.
// `-` is standard output, which gets the whole file at finish(). The same samples give the same bytes,
// however they are cut into blocks: no clock time, no random serial numbers.
class AudioFileWriter : public AudioWriter {
 public:
  // Fails as check_file_format and AtomicFile::create do.
  static Result<std::unique_ptr<AudioWriter>> create(const std::string& path, const FileFormat& format,
                                                     int rate_hz, int channels,
                                                     const WriteOptions& options = {});
};

// The whole file in memory (fits, tests). Non-finite samples become 0; `non_finite_samples` tells how many.
struct LoadedAudio {
  audio::AudioBuffer samples;
  FileInfo info;
  std::int64_t non_finite_samples = 0;
};
inline constexpr std::int64_t kMaxLoadedSamples = std::int64_t{1} << 30;  // 4 GiB; 3 h of 48 kHz stereo
Result<LoadedAudio> load_audio(const std::string& path);

// The container that a path's extension means, or an error that lists the known ones.
Result<std::string> container_from_path(const std::string& path);

// The usual extension of a container, without the dot. Requires a known container.
std::string_view container_extension(std::string_view container);

// Whether `format` exists and can hold this rate and number of channels; the message names path, value,
// limit, remedy.
Result<void> check_file_format(const std::string& path, const FileFormat& format, int rate_hz, int channels);

// The sample format of `container` that keeps all of `sample_format`'s bits, or the deepest it has; "" for a
// codec. Requires a known container.
std::string closest_sample_format(std::string_view container, std::string_view sample_format);

}  // namespace aapp::io
