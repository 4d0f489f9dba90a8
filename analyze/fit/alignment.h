// Lines a processed recording up with its dry original: whole and fractional frames of delay, flipped
// polarity, and clocks that ran at different rates. Not a resampler: a rate mismatch is measured and
// reported, never corrected.
//
// Method: the cross-correlation of a loud excerpt of the wet recording with the dry one gives the frames to
// within a filter's own delay; the delay that all coherent frequencies agree on the whole frames; the slope
// of the cross-spectrum's phase the rest (cross_spectrum.h). How far the lags, and the phases, of two places
// lie apart gives the drift.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/audio/buffer.h"

namespace aapp::fit {

enum class Polarity { same, flipped };

struct Alignment {
  std::int64_t delay_frames =
      0;  // wet frame n + delay_frames holds dry frame n; negative: the wet starts later
  double fraction_frames = 0.0;  // in [-0.5, 0.5]: what is left of the delay, of the wet behind the dry
  Polarity polarity = Polarity::same;
  double coherence = 0.0;  // correlation coefficient at that delay, 0 to 1
  double drift_ppm = 0.0;  // how much slower the wet clock runs; 0 where it cannot be told
  bool operator==(const Alignment&) const = default;
};

struct AlignmentOptions {
  double max_delay_s = 5.0;
};

// Requires the same number of channels; lengths may differ. Where nothing correlates (silence, unrelated
// recordings) the delay is 0 and the coherence says so.
Alignment find_alignment(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, int rate_hz,
                         const AlignmentOptions& options = {});

// The wet recording shifted and, if flipped, inverted, so that it lies on the dry one: as many frames as the
// dry one has, frames that the wet does not cover being 0. A fraction is undone by a windowed sinc of 64
// taps, flat to 0.01 dB up to 0.42 of the rate.
audio::AudioBuffer align_wet(const audio::AudioBuffer& wet, const Alignment& alignment,
                             std::size_t dry_frames);

}  // namespace aapp::fit
