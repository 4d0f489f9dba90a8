// The contract under which PCM changes hands: every boundary carries a StreamSpec and checks it, so that a
// mismatch is an error that names the boundary and never a silent misread.
#pragma once

#include "common/base/error.h"

namespace aapp::audio {

inline constexpr int kMinRateHz = 1000;
inline constexpr int kMaxRateHz = 768000;
inline constexpr int kMaxChannels = 64;

struct StreamSpec {
  int rate_hz = 48000;
  int channels = 2;
  int max_block_frames = 1024;  // no process call gets more frames than this

  bool operator==(const StreamSpec&) const = default;
};

// "render input: 0 channels; must be 1 to 64". `boundary` says between whom the audio passes.
Result<void> check_stream_spec(const StreamSpec& spec, std::string_view boundary);

}  // namespace aapp::audio
