// Clipping: runs of samples at one and the same extreme that the wave enters or leaves steeply. A low tone
// also rests on its top for a few samples, but glides there; a clipped one bumps into it. Found at full scale
// and below it, where a clipped recording was turned down.
#pragma once

#include <array>
#include <vector>

#include "analyze/inspect/finding.h"

namespace aapp::inspect {

class ClipCheck final : public Check {
 public:
  // `step` of the stored integers, as Subject::step().
  ClipCheck(int channels, double rate_hz, double step);

  void visit(audio::ConstAudioView block) override;
  void report(const Subject& subject, Findings& findings) const override;

 private:
  // One polarity of one channel. Everything restarts where a sample goes beyond the extreme so far.
  struct Side {
    float extreme = 0.0F;      // largest so far, polarity taken out
    float before = 0.0F;       // the sample before the run
    std::int64_t run = 0;      // samples at the extreme, up to now
    std::int64_t clipped = 0;  // of all runs that count
    std::int64_t runs = 0;
    std::int64_t longest = 0;
    std::vector<Span> places{};
  };
  void add(Side& side, float x, float previous, std::int64_t frame) const;
  void end_run(Side& side, float after, std::int64_t frame) const;

  double rate_hz_;
  float steep_;  // a step that no glide makes, in parts of full scale
  std::int64_t frames_ = 0;
  std::vector<std::array<Side, 2>> sides_;  // per channel: positive, negative
  std::vector<float> previous_;
};

}  // namespace aapp::inspect
