#include "common/audio/stream_spec.h"

namespace aapp::audio {

Result<void> check_stream_spec(const StreamSpec& spec, std::string_view boundary) {
  if (spec.rate_hz < kMinRateHz || spec.rate_hz > kMaxRateHz) {
    return fail(ErrorCode::unreadable, "{}: sample rate is {} Hz; must be {} to {}", boundary, spec.rate_hz,
                kMinRateHz, kMaxRateHz);
  }
  if (spec.channels < 1 || spec.channels > kMaxChannels) {
    return fail(ErrorCode::unreadable, "{}: {} channels; must be 1 to {}", boundary, spec.channels,
                kMaxChannels);
  }
  if (spec.max_block_frames < 1) {
    return fail(ErrorCode::failed, "{}: block of {} frames; must be at least 1", boundary,
                spec.max_block_frames);
  }
  return {};
}

}  // namespace aapp::audio
