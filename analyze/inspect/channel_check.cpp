#include "analyze/inspect/channel_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/base/units.h"

namespace aapp::inspect {
namespace {

constexpr double kLeastPower = 1e-8;  // mean square of both: quieter channels tell nothing
constexpr double kInverted = 1e-3;    // of a + b in a and b: 30 dB of cancellation
constexpr double kNearlySame = 1e-6;  // of a - b in a and b: 60 dB
constexpr double kAheadOfSame = 0.5;  // how much better a shift by one sample must fit
constexpr std::int64_t kFewestSeconds = 3;
constexpr int kSurroundChannels = 6, kBassPlace = 3;  // WAVE_FORMAT_EXTENSIBLE: L R C LFE Ls Rs
constexpr double kBassHz = 150.0, kHigher = 3.0;  // mean frequencies: of the bass channel, of others above it

}  // namespace

ChannelCheck::ChannelCheck(int channels, double rate_hz)
    : rate_hz_(rate_hz),
      pairs_(static_cast<std::size_t>(channels / 2)),
      tones_(static_cast<std::size_t>(channels)) {}

void ChannelCheck::visit(audio::ConstAudioView block) {
  for (int c = 0; c < block.channels(); ++c) {
    Tone& tone = tones_[static_cast<std::size_t>(c)];
    for (const float x : block.channel(c)) {
      const double d = static_cast<double>(x) - static_cast<double>(std::exchange(tone.last, x));
      tone.power += static_cast<double>(x) * static_cast<double>(x);
      tone.treble += d * d;
    }
  }
  const auto second = static_cast<std::int64_t>(rate_hz_);
  for (std::size_t first = 0; first < block.frames();) {
    const std::size_t part = std::min(block.frames() - first, static_cast<std::size_t>(second - in_second_));
    for (std::size_t p = 0; p < pairs_.size(); ++p) {
      const int a = static_cast<int>(2 * p);
      add_pair(pairs_[p], block.channel(a).subspan(first, part), block.channel(a + 1).subspan(first, part));
    }
    first += part;
    frames_ += static_cast<std::int64_t>(part);
    in_second_ += static_cast<std::int64_t>(part);
    if (in_second_ < second) continue;
    in_second_ = 0;
    for (Pair& pair : pairs_) end_second(pair, static_cast<double>(frames_) / rate_hz_);
  }
}

void ChannelCheck::add_pair(Pair& pair, std::span<const float> a, std::span<const float> b) const {
  const auto square = [](float x) { return static_cast<double>(x) * static_cast<double>(x); };
  for (std::size_t i = 0; i < a.size(); ++i) {
    pair.a += square(a[i]);
    pair.b += square(b[i]);
    pair.difference += square(a[i] - b[i]);
    pair.sum += square(a[i] + b[i]);
    pair.largest_difference = std::max(pair.largest_difference, std::abs(a[i] - b[i]));
    const float da = a[i] - std::exchange(pair.last_a, a[i]);
    const float db = b[i] - std::exchange(pair.last_b, b[i]);
    pair.lags.same += square(db - da);
    pair.lags.b_early += square(pair.last_db - da);
    pair.lags.b_late += square(db - pair.last_da);
    pair.last_da = da;
    pair.last_db = db;
  }
}

void ChannelCheck::end_second(Pair& pair, double end_s) const {
  const Lags lags = std::exchange(pair.lags, {});
  if (lags.same == 0.0) return;
  if (lags.b_early < kAheadOfSame * std::min(lags.same, lags.b_late)) {
    if (pair.ahead++ == 0) pair.ahead_from_s = end_s - 1.0;
  } else if (pair.ahead > 0) {
    ++pair.not_ahead_since;
  }
}

void ChannelCheck::report(const Subject& subject, Findings& findings) const {
  for (std::size_t p = 0; p < pairs_.size(); ++p) report_pair(subject, p, findings);
  report_bass_channel(subject, findings);
}

void ChannelCheck::report_pair(const Subject& subject, std::size_t index, Findings& findings) const {
  const Pair& pair = pairs_[index];
  const int a = static_cast<int>(2 * index + 1), b = a + 1;
  const double both = pair.a + pair.b;
  if (std::min(pair.a, pair.b) < kLeastPower * static_cast<double>(frames_)) return;
  const bool stereo = tones_.size() == 2;
  if (pair.difference < kNearlySame * both) {
    const bool exact = pair.largest_difference == 0.0F;
    findings.push_back(
        {.kind = FindingKind::duplicated_channels,
         .severity = exact ? Severity::fault : Severity::note,
         .channel = b,
         .what = exact ? fmt::format("channels {} and {} are equal, sample by sample", a, b)
                       : fmt::format("channels {} and {} differ by {:.0f} dB less than they are loud", a, b,
                                     -power_to_db(pair.difference / both)),
         .repair = stereo ? convert_command(subject, "--channels 1") : ""});
  } else if (pair.sum < kInverted * both) {
    const std::string remix = fmt::format("remix {} {}", "1", "2i");
    findings.push_back({.kind = FindingKind::inverted_channel,
                        .channel = b,
                        .what = fmt::format("channel {} cancels channel {} by {:.0f} dB", b, a,
                                            -power_to_db(std::max(1e-20, pair.sum / both))),
                        .repair = stereo ? sox_command(subject, remix) : ""});
  } else if (pair.ahead >= kFewestSeconds && pair.not_ahead_since <= pair.ahead / 4) {
    findings.push_back({.kind = FindingKind::swapped_channels,
                        .channel = b,
                        .places = {{pair.ahead_from_s, static_cast<double>(frames_) / rate_hz_}},
                        .what = fmt::format(
                            "channel {} runs one sample ahead of channel {}: a sample was lost there and the "
                            "two have been swapped since",
                            b, a),
                        .repair = stereo ? sox_command(subject, "remix 2 1 delay 1s") : ""});
  }
}

void ChannelCheck::report_bass_channel(const Subject& subject, Findings& findings) const {
  if (tones_.size() != kSurroundChannels) return;
  // The root of the mean square frequency, from the power of first differences.
  const auto mean_hz = [this](const Tone& tone) {
    return tone.power > 0.0 ? std::sqrt(tone.treble / tone.power) * rate_hz_ / (2.0 * kPi) : rate_hz_;
  };
  std::size_t lowest = 0;
  for (std::size_t c = 1; c < tones_.size(); ++c) {
    if (mean_hz(tones_[c]) < mean_hz(tones_[lowest])) lowest = c;
  }
  double next_hz = rate_hz_;
  for (std::size_t c = 0; c < tones_.size(); ++c) {
    if (c != lowest) next_hz = std::min(next_hz, mean_hz(tones_[c]));
  }
  const double lowest_hz = mean_hz(tones_[lowest]);
  if (lowest == kBassPlace || lowest_hz > kBassHz || next_hz < kHigher * lowest_hz) return;
  // The two orders in use besides WAV's: L C R Ls Rs LFE (films) and C L R Ls Rs LFE (AAC) both end in it.
  findings.push_back(
      {.kind = FindingKind::swapped_channels,
       .channel = static_cast<int>(lowest + 1),
       .what = fmt::format("it holds bass alone; six channels are L R C LFE Ls Rs, with the bass "
                           "in channel {}",
                           kBassPlace + 1),
       .repair = lowest == kSurroundChannels - 1 ? sox_command(subject, "remix 1 3 2 6 4 5") : ""});
}

}  // namespace aapp::inspect
