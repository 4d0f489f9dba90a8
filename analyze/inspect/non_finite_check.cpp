#include "analyze/inspect/non_finite_check.h"

#include <fmt/format.h>

#include <cmath>

namespace aapp::inspect {

void NonFiniteCheck::visit(audio::ConstAudioView block) {
  for (int c = 0; c < block.channels(); ++c) {
    Channel& channel = channels_[static_cast<std::size_t>(c)];
    for (std::size_t i = 0; i < block.frames(); ++i) {
      const float x = block.channel(c)[i];
      if (std::isfinite(x)) continue;
      ++(std::isnan(x) ? channel.nan : channel.infinite);
      const std::int64_t frame = frames_ + static_cast<std::int64_t>(i);
      const double end_s = static_cast<double>(frame + 1) / rate_hz_;
      if (frame == channel.last + 1 && !channel.places.empty()) {
        channel.places.back().to_s = end_s;
      } else if (channel.places.size() < kMaxPlaces) {
        channel.places.push_back({static_cast<double>(frame) / rate_hz_, end_s});
      }
      channel.last = frame;
    }
  }
  frames_ += static_cast<std::int64_t>(block.frames());
}

void NonFiniteCheck::report(const Subject& subject, Findings& findings) const {
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    const Channel& channel = channels_[c];
    const std::int64_t count = channel.nan + channel.infinite;
    if (count == 0) continue;
    findings.push_back({.kind = FindingKind::non_finite,
                        .channel = static_cast<int>(c + 1),
                        .places = channel.places,
                        .count = count,
                        .what = fmt::format("{} samples are NaN, {} infinite", channel.nan, channel.infinite),
                        .repair = convert_command(subject, "")});
  }
}

}  // namespace aapp::inspect
