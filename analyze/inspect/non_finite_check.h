// NaN and infinite samples: how many and where. Must see samples before they are made finite.
#pragma once

#include <vector>

#include "analyze/inspect/finding.h"

namespace aapp::inspect {

class NonFiniteCheck final : public Check {
 public:
  NonFiniteCheck(int channels, double rate_hz)
      : rate_hz_(rate_hz), channels_(static_cast<std::size_t>(channels)) {}

  void visit(audio::ConstAudioView block) override;
  void report(const Subject& subject, Findings& findings) const override;

 private:
  struct Channel {
    std::int64_t nan = 0, infinite = 0;
    std::vector<Span> places{};  // runs; the last one may still grow
    std::int64_t last = -2;      // frame of the last one
  };

  double rate_hz_;
  std::int64_t frames_ = 0;
  std::vector<Channel> channels_;
};

}  // namespace aapp::inspect
