// Plain gain: the level of everything after it. A change glides over 20 ms.
#pragma once

#include <array>

#include "common/dsp/smoother.h"
#include "common/effects/effect.h"

namespace aapp::effects {

struct GainParams {
  double gain_db = 0.0;
  bool operator==(const GainParams&) const = default;
};

inline constexpr std::array kGainTable{
    number<&GainParams::gain_db>({.id = "gain_db",
                                  .unit = "dB",
                                  .min = -60.0,
                                  .max = 60.0,
                                  .help = "level change; -60 dB is not silence"}),
};

class Gain final : public TypedEffect<GainParams> {
 public:
  static constexpr std::string_view kId = "gain";
  static constexpr std::string_view kSummary = "level change";
  static constexpr ParamTable kTable = kGainTable;

  void prepare(const audio::StreamSpec& spec) override;
  void set(const GainParams& params) noexcept override;
  void process(audio::AudioView block) noexcept override;
  void reset() noexcept override;

 private:
  dsp::Smoother gain_;  // linear
  bool fresh_ = true;   // no audio since prepare or reset: a new value holds at once
};

}  // namespace aapp::effects
