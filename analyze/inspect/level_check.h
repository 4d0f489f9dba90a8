// Extremes, mean and power of each channel, and what they give away: silence, a dead channel, a DC offset,
// samples beyond full scale, and bits that are never used.
#pragma once

#include <cstdint>
#include <vector>

#include "analyze/inspect/finding.h"

namespace aapp::inspect {

struct ChannelLevels {
  float min = 0.0F, max = 0.0F;
  double sum = 0.0, square_sum = 0.0;
  std::int64_t frames = 0;
  std::int64_t over_full_scale = 0;
  std::int64_t non_zero = 0;

  double mean() const;
  double rms() const;
  float peak() const;
};

class LevelCheck final : public Check {
 public:
  LevelCheck(int channels, double rate_hz);

  void visit(audio::ConstAudioView block) override;
  void report(const Subject& subject, Findings& findings) const override;

  const std::vector<ChannelLevels>& channels() const { return channels_; }
  // Width of the narrowest integers that hold every sample exactly; 0 for silence.
  int used_bits() const;

 private:
  void report_silence(const Subject& subject, Findings& findings) const;
  void report_channel(const Subject& subject, int channel, Findings& findings) const;
  void report_bits(const Subject& subject, Findings& findings) const;

  double rate_hz_;
  std::vector<ChannelLevels> channels_;
  std::vector<Span> first_overs_;  // per channel
  int lowest_bit_ = 0;             // exponent of the smallest power of two that any sample needs
};

}  // namespace aapp::inspect
