// Look-ahead limiter with a true-peak ceiling: the last effect of a chain whose output is written or
// broadcast. It sees a peak before it plays it, so the gain is already down when the peak comes and no wave
// is bent. All channels share one gain. Not for live monitoring by default: it adds its look-ahead to the
// latency.
//
// Signal path, per frame:
//   peak     largest magnitude between this frame and the next over all channels (dsp/true_peak.h)
//   hold     the largest peak of the look-ahead and a margin
//   target   ceiling / hold, at most 1
//   release  falls at once, rises by a one-pole of release_ms
//   attack   two means in a row whose lengths add up to the look-ahead: down in time, without corners
//   apply    on the delayed audio; what rounding leaves above the ceiling is clipped to it
// Sample peaks never pass the ceiling; true peaks of material below 0.45 of the rate pass it by less than 0.1
// dB. While the ceiling itself glides, the higher of its ends counts.
#pragma once

#include <array>
#include <vector>

#include "common/dsp/box_smoother.h"
#include "common/dsp/delay_line.h"
#include "common/dsp/peak_hold.h"
#include "common/dsp/smoother.h"
#include "common/dsp/true_peak.h"
#include "common/effects/effect.h"

namespace aapp::effects {

struct LimiterParams {
  double ceiling_dbtp = -1.0;
  double lookahead_ms = 5.0;
  double release_ms = 100.0;
  bool operator==(const LimiterParams&) const = default;
};

inline constexpr std::array kLimiterTable{
    number<&LimiterParams::ceiling_dbtp>({.id = "ceiling_dbtp",
                                          .unit = "dBTP",
                                          .min = -30.0,
                                          .max = 0.0,
                                          .help = "highest true peak of the output"}),
    number<&LimiterParams::lookahead_ms>({.id = "lookahead_ms",
                                          .unit = "ms",
                                          .min = 0.5,
                                          .max = 20.0,
                                          .scale = Scale::logarithmic,
                                          .help = "time in which the gain comes down; adds to the latency",
                                          .change = Change::at_prepare}),
    number<&LimiterParams::release_ms>({.id = "release_ms",
                                        .unit = "ms",
                                        .min = 1.0,
                                        .max = 5000.0,
                                        .scale = Scale::logarithmic,
                                        .help = "time constant of the gain's return"}),
};

class Limiter final : public TypedEffect<LimiterParams> {
 public:
  static constexpr std::string_view kId = "limiter";
  static constexpr std::string_view kSummary = "look-ahead limiter with a true-peak ceiling";
  static constexpr ParamTable kTable = kLimiterTable;

  void prepare(const audio::StreamSpec& spec) override;
  void set(const LimiterParams& params) noexcept override;
  void process(audio::AudioView block) noexcept override;
  void reset() noexcept override;
  std::int64_t latency_frames() const noexcept override { return latency_frames_; }
  double gain_reduction_db() const noexcept override;
  // Sample peaks instead of true peaks: the detector is most of the work.
  bool has_economy() const noexcept override { return true; }
  void set_economy(Economy economy) noexcept override { economy_ = economy; }

 private:
  void limit(audio::AudioView chunk) noexcept;
  double gain_for(double peak, double ceiling) noexcept;

  LimiterParams params_;
  double rate_hz_ = 0.0;  // 0 before prepare
  std::int64_t latency_frames_ = 0;
  std::vector<dsp::TruePeak> detectors_;  // one per channel, as are the delays
  std::vector<dsp::DelayLine> delays_;
  dsp::Smoother ceiling_, release_pole_;
  dsp::DelayLine ceiling_delay_;  // the ceiling under which the frame that now plays came in
  dsp::PeakHold hold_;
  double released_gain_ = 1.0;
  dsp::BoxSmoother attack_first_, attack_second_;
  double gain_ = 1.0;
  Economy economy_ = Economy::off;
  bool fresh_ = true;  // no audio since prepare or reset: new values hold at once
};

}  // namespace aapp::effects
