#include "analyze/inspect/dropout_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "common/base/units.h"

namespace aapp::inspect {
namespace {

constexpr double kWindowMs = 3.0;
constexpr double kShortestMs = 0.4, kLongestMs = 500.0;
constexpr std::int64_t kFewestFrames = 16;
constexpr double kLeastRms = 0.0056;    // -45 dBFS on both sides
constexpr double kLeastSteps = 8.0;     // the same in steps of the grid that samples lie on
constexpr double kLargestRatio = 16.0;  // of the powers on both sides: 12 dB
constexpr double kLeastJump = 0.4;      // of the softer side's RMS
constexpr float kAtExtreme = 0.98F;     // standing there is clipping

}  // namespace

DropoutCheck::DropoutCheck(int channels, double rate_hz)
    : rate_hz_(rate_hz),
      window_(static_cast<std::size_t>(std::max(8LL, ms_to_frames(kWindowMs, rate_hz)))),
      shortest_(std::max<std::int64_t>(kFewestFrames, ms_to_frames(kShortestMs, rate_hz))),
      longest_(ms_to_frames(kLongestMs, rate_hz)),
      channels_(static_cast<std::size_t>(channels)) {
  for (Channel& channel : channels_) channel.squares.assign(window_, 0.0F);
}

void DropoutCheck::visit(audio::ConstAudioView block) {
  for (int c = 0; c < block.channels(); ++c) {
    std::int64_t frame = frames_;
    for (const float x : block.channel(c)) add(channels_[static_cast<std::size_t>(c)], x, frame++);
  }
  frames_ += static_cast<std::int64_t>(block.frames());
}

void DropoutCheck::add(Channel& channel, float x, std::int64_t frame) const {
  channel.extreme = std::max(channel.extreme, std::abs(x));
  if (!channel.judged.empty()) {
    Stretch& stretch = channel.judged.front();
    stretch.sum_after += static_cast<double>(x) * static_cast<double>(x);
    if (++stretch.frames_after == static_cast<std::int64_t>(window_)) judge(channel);
  }
  if (x == channel.last) {
    ++channel.still;
    return;
  }
  if (channel.still + 1 >= shortest_) end_stretch(channel, x, frame);
  channel.still = 0;
  channel.step_in = std::abs(x - channel.last);
  channel.smallest_step = std::min(channel.smallest_step, channel.step_in);
  channel.last = x;
  channel.squares[channel.at] = x * x;
  channel.at = (channel.at + 1) % window_;
}

// `x`, at `frame`, is the first sample that moves again.
void DropoutCheck::end_stretch(Channel& channel, float x, std::int64_t frame) const {
  const std::int64_t frames = channel.still + 1;
  const bool clipped = std::abs(channel.last) >= kAtExtreme * channel.extreme;
  if (frames > longest_ || clipped || !channel.judged.empty()) return;
  // A held value was a sample once; only the way out of it is a jump.
  const float step_in = channel.last == 0.0F ? channel.step_in : 0.0F;
  const double power =
      std::accumulate(channel.squares.begin(), channel.squares.end(), 0.0) / static_cast<double>(window_);
  channel.judged.push_back({.from = frame - frames,
                            .frames = frames,
                            .value = channel.last,
                            .jump = std::max(step_in, std::abs(x - channel.last)),
                            .power_before = power,
                            .sum_after = static_cast<double>(x) * static_cast<double>(x),
                            .frames_after = 1});
}

void DropoutCheck::judge(Channel& channel) const {
  const Stretch stretch = channel.judged.front();
  channel.judged.clear();
  const double after = stretch.sum_after / static_cast<double>(window_);
  const auto [soft, loud] = std::minmax(stretch.power_before, after);
  const double least_rms = std::max(kLeastRms, kLeastSteps * static_cast<double>(channel.smallest_step));
  if (soft < least_rms * least_rms || loud > kLargestRatio * soft) return;
  if (static_cast<double>(stretch.jump) < kLeastJump * std::sqrt(soft)) return;
  ++channel.count;
  channel.lost += stretch.frames;
  if (channel.places.size() < kMaxPlaces) {
    channel.places.push_back({static_cast<double>(stretch.from) / rate_hz_,
                              static_cast<double>(stretch.from + stretch.frames) / rate_hz_});
  }
}

void DropoutCheck::report(const Subject& subject, Findings& findings) const {
  // A lost buffer takes all channels with it; then it is one finding.
  const bool alike = std::all_of(channels_.begin(), channels_.end(), [this](const Channel& channel) {
    return channel.count == channels_[0].count && channel.lost == channels_[0].lost;
  });
  for (std::size_t c = 0; c < (alike ? 1 : channels_.size()); ++c) {
    const Channel& channel = channels_[c];
    if (channel.count == 0) continue;
    findings.push_back(
        {.kind = FindingKind::dropout,
         .channel = alike ? 0 : static_cast<int>(c + 1),
         .places = channel.places,
         .count = channel.count,
         .what = fmt::format("{} gaps within sound, {:.1f} ms in all", channel.count,
                             1000.0 * static_cast<double>(channel.lost) / rate_hz_),
         .repair = fmt::format("ffmpeg -i {} -af adeclick {}", input_word(subject), output_word(subject))});
  }
}

}  // namespace aapp::inspect
