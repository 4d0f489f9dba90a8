// Loudness as broadcasters measure it: ITU-R BS.1770-4 (K-weighting, gating), EBU Tech 3341 (momentary,
// short-term), EBU Tech 3342 (loudness range). Everything follows from the K-weighted powers of 100 ms steps,
// which are kept (10 numbers a second); short-term values stand at every step.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "analyze/measure/k_weighting.h"
#include "analyze/measure/true_peak.h"
#include "common/audio/buffer.h"

namespace aapp::measure {

enum class TruePeak { skip, measure };

inline constexpr double kLoudnessBinLu = 1.0;
inline constexpr double kLoudnessLowLufs = -70.0;  // the absolute gate
inline constexpr std::size_t kLoudnessBinCount = 80;

struct Loudness {
  // Absent where the recording is shorter than one window (0.4 s, 3 s for the short-term ones) or nowhere
  // above -70 LUFS.
  std::optional<double> integrated_lufs;
  std::optional<double> range_lu;
  std::optional<double> momentary_max_lufs;
  std::optional<double> short_term_max_lufs;
  std::optional<double> true_peak;  // 1.0 = full scale; absent unless asked for
  // Shares of the short-term values above -70 LUFS, in bins of 1 LU from there.
  std::array<double, kLoudnessBinCount> short_term{};
  bool operator==(const Loudness&) const = default;
};

// The short-term loudness over time: of the 3 s that end with each step, from the 30th on; kSilenceDb for
// digital silence. `powers` as KWeightedSteps gives them.
std::vector<double> short_term_lufs(std::span<const double> powers);

// Every figure but the peaks, from the weighted powers of 100 ms steps.
Loudness loudness_of_steps(std::span<const double> powers);

class LoudnessMeter {
 public:
  LoudnessMeter(int channels, double rate_hz, TruePeak true_peak);
  void push(audio::ConstAudioView block);
  Loudness finish();

 private:
  KWeightedSteps steps_;
  std::optional<TruePeakMeter> true_peak_;
};

}  // namespace aapp::measure
