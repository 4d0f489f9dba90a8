// The sample rates at which a sound would be most like recordings of speech, singing, instruments, beats or
// mixes. Samples do not tell their rate; spectrum, modulation and slopes at a wrong one add up to a sound
// that no recording has, if the error is large. A likelihood, not a proof.
#pragma once

#include <string>
#include <vector>

#include "analyze/inspect/finding.h"

namespace aapp::inspect {

struct LikelyRate {
  int rate_hz = 0;
  double distance = 0.0;  // from the nearest kind of recording (measure/likeness.h); about 2 is usual
  std::string kind{};     // that kind
};

// The common rates and `declared_hz` (0: none), the likeliest first; empty for silence.
std::vector<LikelyRate> rank_rates(audio::ConstAudioView sound, int declared_hz);

// Keeps the first seconds of a recording as mono and compares the declared rate with the common ones.
class RateCheck final : public Check {
 public:
  explicit RateCheck(double rate_hz);

  void visit(audio::ConstAudioView block) override;
  void report(const Subject& subject, Findings& findings) const override;

 private:
  std::size_t most_frames_;
  std::vector<float> mono_;
};

}  // namespace aapp::inspect
