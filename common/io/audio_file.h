// Audio files through libsndfile: WAV (8/16/24/32-bit, float, double), RF64, W64, FLAC, AIFF, CAF, OGG Vorbis, Opus,
// MP3, at any rate, 1 to 64 channels. Reading gives float32 with 0 dBFS = 1.0 (integers divided by 2^(bits-1)).
#pragma once

#include <memory>
#include <string>

#include "common/audio/block_source.h"

namespace aapp::io {

// What to write. sample_format "" picks the container's best lossless common choice (WAV: float).
struct FileFormat {
  std::string container = "wav";  // wav rf64 w64 flac aiff caf ogg opus mp3
  std::string sample_format;      // pcm_u8 pcm_s8 pcm_16 pcm_24 pcm_32 float double; codecs take none
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
  // Fails with ErrorCode::unreadable and one sentence: missing, empty, truncated header, no audio format, zero channels,
  // more than 64 channels, rate out of range, declared length that the file cannot hold.
  static Result<std::unique_ptr<AudioFileReader>> open(const std::string& path);
  virtual const FileInfo& info() const = 0;
};

// Writes to a temporary file beside `path`; finish() renames it into place, destruction without finish() removes it.
class AudioFileWriter : public audio::BlockSink {
 public:
  static Result<std::unique_ptr<AudioFileWriter>> create(const std::string& path, const FileFormat& format, int rate_hz,
                                                         int channels);
};

// The whole file in memory (fits, tests). Non-finite samples become 0; `non_finite_samples` tells how many.
struct LoadedAudio {
  audio::AudioBuffer samples;
  FileInfo info;
  std::int64_t non_finite_samples = 0;
};
Result<LoadedAudio> load_audio(const std::string& path);

// The container that a path's extension means, or an error that lists the known ones.
Result<std::string> container_from_path(const std::string& path);

}  // namespace aapp::io
