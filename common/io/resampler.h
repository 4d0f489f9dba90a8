// Another sample rate, as a stream: reads a source and hands out its audio at a new rate, through
// libsamplerate's best sinc converter (passband to 96 % of the lower Nyquist frequency, about 145 dB of
// range). It is for files, not for the audio thread: work comes in lumps and it allocates.
//
// The first output frame lies at the same instant as the first input frame, and the length is the input's
// times the ratio, rounded to nearest: no lag, nothing cut, the same samples whatever the block sizes.
#pragma once

#include <memory>

#include "common/audio/block_source.h"

namespace aapp::io {

inline constexpr int kMaxRateRatio = 256;  // either way; libsamplerate's limit

class Resampler : public audio::BlockSource {
 public:
  // Fails for a rate outside the contract (stream_spec.h) or more than kMaxRateRatio from the source's.
  // Non-finite samples of the source become 0, since one would smear over its whole neighbourhood.
  static Result<std::unique_ptr<Resampler>> create(std::unique_ptr<audio::BlockSource> source, int rate_hz);

  virtual std::int64_t non_finite_samples() const = 0;
};

// The length after conversion: rounded to nearest, at least one frame for at least one.
std::int64_t resampled_frames(std::int64_t frames, int from_hz, int to_hz);

}  // namespace aapp::io
