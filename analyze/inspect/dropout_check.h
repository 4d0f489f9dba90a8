// Dropouts: stretches where a channel stands still, at 0 or at its last value, between sound that neither
// fades out before nor in after. Pauses, gated noise and the silence between takes fade; a missing buffer
// does not.
#pragma once

#include <vector>

#include "analyze/inspect/finding.h"

namespace aapp::inspect {

class DropoutCheck final : public Check {
 public:
  DropoutCheck(int channels, double rate_hz);

  void visit(audio::ConstAudioView block) override;
  void report(const Subject& subject, Findings& findings) const override;

 private:
  // A stretch without motion, and how loud it is on both sides.
  struct Stretch {
    std::int64_t from = 0, frames = 0;
    float value = 0.0F;
    float jump = 0.0F;  // the larger of the steps into and out of it
    double power_before = 0.0;
    double sum_after = 0.0;         // of squares
    std::int64_t frames_after = 0;  // that are in the sum
  };
  struct Channel {
    float last = 0.0F, extreme = 0.0F;
    float smallest_step = 1.0F;    // between samples that differ: the grid they lie on
    float step_in = 0.0F;          // from the last moving sample to where it stands
    std::int64_t still = 0;        // frames that equal the one before, up to now
    std::vector<float> squares{};  // of the last window_ moving samples, a ring
    std::size_t at = 0;
    std::vector<Stretch> judged{};  // none or one: what comes after it is being heard
    std::int64_t count = 0, lost = 0;
    std::vector<Span> places{};
  };
  void add(Channel& channel, float x, std::int64_t frame) const;
  void end_stretch(Channel& channel, float x, std::int64_t frame) const;
  void judge(Channel& channel) const;

  double rate_hz_;
  std::size_t window_;  // frames that tell how loud it is beside a stretch
  std::int64_t shortest_, longest_;
  std::int64_t frames_ = 0;
  std::vector<Channel> channels_;
};

}  // namespace aapp::inspect
