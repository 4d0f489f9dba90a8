// What channels have to do with each other: the same sound twice, one inverted, or one a sample ahead because
// a sample was lost while they were interleaved; and in files of six, whether the bass channel is in its
// place.
#pragma once

#include <vector>

#include "analyze/inspect/finding.h"

namespace aapp::inspect {

class ChannelCheck final : public Check {
 public:
  ChannelCheck(int channels, double rate_hz);

  void visit(audio::ConstAudioView block) override;
  void report(const Subject& subject, Findings& findings) const override;

 private:
  // Of first differences of channels a and b, because the treble tells most: squares of db[n] - da[n], of
  // db[n] - da[n+1] and of db[n+1] - da[n].
  struct Lags {
    double same = 0.0, b_early = 0.0, b_late = 0.0;
  };
  // Channels 1 and 2, 3 and 4, ...
  struct Pair {
    double a = 0.0, b = 0.0, difference = 0.0, sum = 0.0;  // squares: of each, of a - b, of a + b
    float largest_difference = 0.0F;
    float last_a = 0.0F, last_b = 0.0F, last_da = 0.0F, last_db = 0.0F;
    Lags lags{};  // of the current second
    // Seconds in which b runs a sample ahead, and the later ones in which it does not.
    std::int64_t ahead = 0, not_ahead_since = 0;
    double ahead_from_s = 0.0;
  };
  struct Tone {
    double power = 0.0, treble = 0.0;  // squares: of samples, of first differences
    float last = 0.0F;
  };
  void add_pair(Pair& pair, std::span<const float> a, std::span<const float> b) const;
  void end_second(Pair& pair, double end_s) const;
  void report_pair(const Subject& subject, std::size_t index, Findings& findings) const;
  void report_bass_channel(const Subject& subject, Findings& findings) const;

  double rate_hz_;
  std::int64_t frames_ = 0, in_second_ = 0;
  std::vector<Pair> pairs_;
  std::vector<Tone> tones_;
};

}  // namespace aapp::inspect
