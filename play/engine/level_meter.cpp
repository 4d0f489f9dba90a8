#include "play/engine/level_meter.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/base/units.h"

namespace aapp::play {

void add_to_levels(Levels& levels, audio::ConstAudioView block) noexcept {
  levels.channels = block.channels();
  levels.frames += static_cast<std::int64_t>(block.frames());
  for (int c = 0; c < block.channels(); ++c) {
    ChannelLevel& level = levels.channel[static_cast<std::size_t>(c)];
    float peak = level.peak;
    double sum = 0.0;
    std::int64_t clipped = 0;
    for (const float sample : block.channel(c)) {
      const float magnitude = std::abs(sample);
      peak = std::max(peak, magnitude);
      clipped += magnitude >= kFullScale ? 1 : 0;
      sum += static_cast<double>(sample) * static_cast<double>(sample);
    }
    level.peak = peak;
    level.sum_squares += sum;
    level.clipped += clipped;
  }
}

void forget_peaks(Levels& levels) noexcept {
  for (int c = 0; c < levels.channels; ++c) levels.channel[static_cast<std::size_t>(c)].peak = 0.0F;
}

double rms_db_between(const Levels& before, const Levels& now, int channel) {
  const auto c = static_cast<std::size_t>(channel);
  const auto frames = static_cast<double>(now.frames - before.frames);
  const double sum = now.channel[c].sum_squares - before.channel[c].sum_squares;
  if (!(frames > 0.0) || !(sum > 0.0)) return -std::numeric_limits<double>::infinity();
  return power_to_db(sum / frames);
}

}  // namespace aapp::play
