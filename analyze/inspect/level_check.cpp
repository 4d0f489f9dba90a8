#include "analyze/inspect/level_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/base/units.h"

namespace aapp::inspect {
namespace {

constexpr float kNearSilentPeak = 0.001F;  // -60 dBFS
// A DC offset counts from -46 dBFS, and from -60 dBFS where it is more than a tenth of the sound itself.
constexpr double kDc = 0.005, kDcOfQuietSound = 0.001, kDcShareOfRms = 0.1;
constexpr int kFewestSparedBits = 4;
constexpr int kFewestBits = 6;  // square waves and test impulses need fewer
constexpr std::int64_t kFewestSamples = 1000;

// The exponent of the lowest set bit of a finite sample other than 0.
int lowest_bit(float sample) {
  const auto bits = std::bit_cast<std::uint32_t>(sample);
  constexpr std::uint32_t kMantissaBits = 23, kMantissa = (1U << kMantissaBits) - 1, kBias = 127;
  const std::uint32_t exponent = (bits >> kMantissaBits) & 0xFFU;
  const std::uint32_t mantissa = (bits & kMantissa) | (exponent > 0 ? kMantissa + 1 : 0);
  return static_cast<int>(std::max(exponent, 1U)) - static_cast<int>(kBias + kMantissaBits) +
         std::countr_zero(mantissa);
}

}  // namespace

double ChannelLevels::mean() const {
  return frames > 0 ? sum / static_cast<double>(frames) : 0.0;
}
double ChannelLevels::rms() const {
  return frames > 0 ? std::sqrt(square_sum / static_cast<double>(frames)) : 0.0;
}
float ChannelLevels::peak() const {
  return std::max(std::abs(min), std::abs(max));
}

LevelCheck::LevelCheck(int channels, double rate_hz)
    : rate_hz_(rate_hz),
      channels_(static_cast<std::size_t>(channels)),
      first_overs_(static_cast<std::size_t>(channels)) {}

void LevelCheck::visit(audio::ConstAudioView block) {
  for (int c = 0; c < block.channels(); ++c) {
    ChannelLevels& levels = channels_[static_cast<std::size_t>(c)];
    if (levels.frames == 0 && block.frames() > 0) levels.min = levels.max = block.channel(c)[0];
    for (const float x : block.channel(c)) {
      levels.min = std::min(levels.min, x);
      levels.max = std::max(levels.max, x);
      levels.sum += static_cast<double>(x);
      levels.square_sum += static_cast<double>(x) * static_cast<double>(x);
      ++levels.frames;
      if (x == 0.0F) continue;
      ++levels.non_zero;
      lowest_bit_ = std::min(lowest_bit_, lowest_bit(x));
      if (std::abs(x) <= 1.0F || levels.over_full_scale++ > 0) continue;
      first_overs_[static_cast<std::size_t>(c)].from_s = static_cast<double>(levels.frames - 1) / rate_hz_;
    }
  }
}

int LevelCheck::used_bits() const {
  const bool any = std::any_of(channels_.begin(), channels_.end(),
                               [](const ChannelLevels& levels) { return levels.non_zero > 0; });
  return any ? 1 - lowest_bit_ : 0;
}

void LevelCheck::report(const Subject& subject, Findings& findings) const {
  report_silence(subject, findings);
  for (int c = 0; c < static_cast<int>(channels_.size()); ++c) report_channel(subject, c, findings);
  report_bits(subject, findings);
}

void LevelCheck::report_silence(const Subject& subject, Findings& findings) const {
  float peak = 0.0F;
  for (const ChannelLevels& levels : channels_) peak = std::max(peak, levels.peak());
  if (peak == 0.0F) {
    findings.push_back({.kind = FindingKind::silent, .what = "every sample is 0"});
  } else if (peak < kNearSilentPeak) {
    // To 1 dB below full scale, in whole decibels.
    const double gain_db = std::floor(-gain_to_db(static_cast<double>(peak))) - 1.0;
    findings.push_back({.kind = FindingKind::near_silent,
                        .what = fmt::format("the peak is {:.1f} dBFS", gain_to_db(static_cast<double>(peak))),
                        .repair = sox_command(subject, fmt::format("gain {:.0f}", gain_db))});
  }
  if (peak < kNearSilentPeak) return;
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    if (channels_[c].peak() >= kNearSilentPeak * peak) continue;
    const std::size_t other = c == 0 ? 2 : 1;
    findings.push_back(
        {.kind = FindingKind::silent_channel,
         .channel = static_cast<int>(c + 1),
         .what = channels_[c].peak() == 0.0F
                     ? std::string("every sample of it is 0, while others have sound")
                     : fmt::format("its peak is {:.1f} dBFS, {:.0f} dB under the others",
                                   gain_to_db(static_cast<double>(channels_[c].peak())),
                                   gain_to_db(static_cast<double>(peak / channels_[c].peak()))),
         .repair = channels_.size() == 2 ? sox_command(subject, fmt::format("remix {}", other)) : ""});
  }
}

void LevelCheck::report_channel(const Subject& subject, int channel, Findings& findings) const {
  const ChannelLevels& levels = channels_[static_cast<std::size_t>(channel)];
  const double dc = std::abs(levels.mean());
  // A peak of 0 dBFS and no more than one sign would be a meter's signal, not a sound's.
  if (dc > kDc || (dc > kDcOfQuietSound && dc > kDcShareOfRms * levels.rms())) {
    findings.push_back({.kind = FindingKind::dc_offset,
                        .channel = channel + 1,
                        .what = fmt::format("the mean is {:+.5f} ({:.1f} dBFS), the RMS {:.1f} dBFS",
                                            levels.mean(), gain_to_db(dc), gain_to_db(levels.rms())),
                        .repair = sox_command(subject, "highpass 10")});
  }
  if (levels.over_full_scale > 0) {
    findings.push_back(
        {.kind = FindingKind::over_full_scale,
         .channel = channel + 1,
         .places = {{first_overs_[static_cast<std::size_t>(channel)].from_s,
                     first_overs_[static_cast<std::size_t>(channel)].from_s}},
         .count = levels.over_full_scale,
         .what = fmt::format("{} samples beyond 1.0, the peak is {:+.2f} dBFS", levels.over_full_scale,
                             gain_to_db(static_cast<double>(levels.peak()))),
         .repair = sox_command(subject, "gain -n -1")});
  }
}

void LevelCheck::report_bits(const Subject& subject, Findings& findings) const {
  if (!subject.encoding || !audio::is_integer(*subject.encoding)) return;
  std::int64_t non_zero = 0;
  for (const ChannelLevels& levels : channels_) non_zero += levels.non_zero;
  const int stored = static_cast<int>(8 * audio::bytes_per_sample(*subject.encoding));
  const int used = used_bits();
  if (non_zero < kFewestSamples || used < kFewestBits || used > stored - kFewestSparedBits) return;
  const std::string_view format = used <= 8 ? "pcm_u8" : used <= 16 ? "pcm_16" : "pcm_24";
  findings.push_back({.kind = FindingKind::padded_bits,
                      .what = fmt::format("{} bits are stored, {} are used: the other {} are always 0",
                                          stored, used, stored - used),
                      .repair = convert_command(subject, fmt::format("--sample-format {}", format))});
}

}  // namespace aapp::inspect
