#include "analyze/inspect/count_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace aapp::inspect {
namespace {

constexpr std::int64_t kFewestSamples = 4000;
constexpr double kLeastPower = 1e-8;
constexpr double kAlike = 0.85;       // even over odd differences, or the inverse, in a mono stream
constexpr double kUnlike = 0.5;       // in two channels that resemble each other
constexpr double kTwoOfOne = 0.7;     // differences over two samples, in those over one, at least for mono
constexpr double kTwoChannels = 0.6;  // and at most for two channels that do not resemble each other
constexpr double kLowShare = 0.02;    // of power below half the band, so that a high whistle is none of this

}  // namespace

void CountCheck::visit(audio::ConstAudioView block) {
  if (channels_ > 2) return;
  const std::span<const float> first = block.channel(0);
  const std::span<const float> second = block.channel(channels_ - 1);
  for (std::size_t i = 0; i < block.frames(); ++i) {
    add(first[i]);
    if (channels_ == 2) add(second[i]);
  }
}

void CountCheck::add(float x) {
  const auto square = [](float v) { return static_cast<double>(v) * static_cast<double>(v); };
  if (samples_ >= 2) {
    (samples_ % 2 == 1 ? even_ : odd_) += square(x - last_[0]);
    two_ += square(x - last_[1]);
    neighbour_sum_ += square(x + last_[0]);
    square_ += square(x);
  }
  last_ = {x, last_[0]};
  ++samples_;
}

bool CountCheck::smooth_as_one() const {
  const auto [low, high] = std::minmax(even_, odd_);
  return low > kAlike * high && two_ > kTwoOfOne * (even_ + odd_);
}

bool CountCheck::smooth_as_two() const {
  const auto [low, high] = std::minmax(even_, odd_);
  if (low < kUnlike * high) return true;
  return two_ < kTwoChannels * (even_ + odd_) && neighbour_sum_ > kLowShare * 4.0 * square_;
}

void CountCheck::report(const Subject& subject, Findings& findings) const {
  if (samples_ < kFewestSamples || square_ < kLeastPower * static_cast<double>(samples_)) return;
  if (channels_ == 2 && smooth_as_one()) {
    findings.push_back(
        {.kind = FindingKind::mono_as_stereo,
         .what = "the samples of both channels, one after the other, make one smooth wave",
         .repair = reread_command(subject, {subject.stored_format(), subject.info.rate_hz, 1})});
  } else if (channels_ == 1 && smooth_as_two()) {
    findings.push_back(
        {.kind = FindingKind::stereo_as_mono,
         .what = "every other sample makes a smooth wave, neighbours do not",
         .repair = reread_command(subject, {subject.stored_format(), subject.info.rate_hz, 2})});
  }
}

}  // namespace aapp::inspect
