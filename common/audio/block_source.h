// Where audio comes from and goes to, block by block: files, raw streams, generators and resamplers all speak
// this, so that one read loop (pump.h) serves every use.
#pragma once

#include <cstdint>
#include <optional>

#include "common/audio/buffer.h"
#include "common/base/error.h"

namespace aapp::audio {

class BlockSource {
 public:
  virtual ~BlockSource() = default;

  virtual int rate_hz() const = 0;
  virtual int channels() const = 0;
  // Length where the source knows it (files); a pipe does not.
  virtual std::optional<std::int64_t> total_frames() const = 0;
  // Fills up to out.frames() frames, out.channels() == channels(); returns how many, 0 only at the end.
  // Samples may be non-finite: whoever processes them calls remove_non_finite first.
  virtual Result<std::size_t> read(AudioView out) = 0;
};

class BlockSink {
 public:
  virtual ~BlockSink() = default;
  // Takes the whole block or fails.
  virtual Result<void> write(ConstAudioView block) = 0;
  // Called once after the last block.
  virtual Result<void> finish() = 0;
};

}  // namespace aapp::audio
