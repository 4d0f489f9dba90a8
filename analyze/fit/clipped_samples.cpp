#include "analyze/fit/clipped_samples.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace aapp::fit {
namespace {

bool is_beyond_clipped(float sample, float wet) {
  return is_clipped(wet) && sample * wet > wet * wet;
}

}  // namespace

std::size_t count_clipped(const audio::AudioBuffer& audio) {
  std::size_t count = 0;
  for (int c = 0; c < audio.channels(); ++c)
    count += static_cast<std::size_t>(std::ranges::count_if(audio.channel(c), is_clipped));
  return count;
}

const audio::AudioBuffer& unclipped_wet(const ChainModel& model, const PairExcerpt& pair,
                                        audio::AudioBuffer& room) {
  if (count_clipped(pair.wet) == 0) return pair.wet;
  room = pair.wet;
  const audio::AudioBuffer played = run_model(model, pair.dry, pair.rate_hz);
  for (int c = 0; c < room.channels(); ++c) {
    const std::span<const float> beyond = played.channel(c);
    const std::span<float> samples = room.channel(c);
    for (std::size_t n = 0; n < samples.size(); ++n) {
      if (is_beyond_clipped(beyond[n], samples[n])) samples[n] = beyond[n];
    }
  }
  return room;
}

void clip_as_wet(const audio::AudioBuffer& wet, audio::AudioBuffer& audio) {
  for (int c = 0; c < wet.channels(); ++c) {
    const std::span<const float> limit = wet.channel(c);
    const std::span<float> samples = audio.channel(c);
    for (std::size_t n = 0; n < samples.size(); ++n) {
      if (is_beyond_clipped(samples[n], limit[n])) samples[n] = limit[n];
    }
  }
}

void mark_clipped(const audio::AudioBuffer& wet, audio::AudioBuffer& audio) {
  for (int c = 0; c < wet.channels(); ++c) {
    const std::span<const float> from = wet.channel(c);
    const std::span<float> to = audio.channel(c);
    for (std::size_t n = 0; n < from.size(); ++n) {
      if (is_clipped(from[n])) to[n] = std::copysign(1.0F, from[n]);
    }
  }
}

}  // namespace aapp::fit
