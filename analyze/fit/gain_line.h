// Straight lines in dB between gains known at equal distances.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace aapp::fit {

// The gain of each of `frames` frames, where gain_db[t], at least one of them, is that of the frame
// (t + first) * hop_frames, and the first and the last hold beyond the ends.
inline std::vector<float> gain_line(const std::vector<double>& gain_db, double hop_frames, double first,
                                    std::size_t frames) {
  std::vector<float> line(frames);
  const std::size_t last = gain_db.size() - 1;
  for (std::size_t n = 0; n < frames; ++n) {
    const double at = std::clamp(static_cast<double>(n) / hop_frames - first, 0.0, static_cast<double>(last));
    const auto t = static_cast<std::size_t>(at);
    const double part = at - static_cast<double>(t);
    line[n] = static_cast<float>((1.0 - part) * gain_db[t] + part * gain_db[std::min(t + 1, last)]);
  }
  return line;
}

}  // namespace aapp::fit
