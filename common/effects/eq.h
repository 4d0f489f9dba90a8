// Parametric equaliser: up to 32 RBJ biquads in series (dsp/biquad_design.h), double state. New bands fade in over
// the old ones: both filters run while a raised cosine passes from one to the other.
#pragma once

#include <array>

#include "common/base/inline_vector.h"
#include "common/dsp/biquad_design.h"
#include "common/effects/effect.h"

namespace aapp::effects {

inline constexpr std::size_t kMaxEqBands = 32;

struct EqBand {
  dsp::BandType type = dsp::BandType::peak;
  double frequency_hz = 1000.0;
  double gain_db = 0.0;
  double q = 0.7071067811865476;
  bool enabled = true;
  bool operator==(const EqBand&) const = default;
};

struct EqParams {
  InlineVector<EqBand, kMaxEqBands> bands;
  bool operator==(const EqParams&) const = default;
};

inline constexpr std::array kEqBandTable{
    choice<&EqBand::type>({.id = "type", .help = "shape of the filter", .choices = dsp::kBandTypeNames}),
    number<&EqBand::frequency_hz>({.id = "frequency_hz",
                                   .unit = "Hz",
                                   .min = 10.0,
                                   .max = 40000.0,
                                   .scale = Scale::logarithmic,
                                   .help = "centre of a peak or shelf, corner of a pass; above 0.49 of the rate it sits there"}),
    number<&EqBand::gain_db>(
        {.id = "gain_db", .unit = "dB", .min = -40.0, .max = 40.0, .help = "gain of a peak or shelf"}),
    number<&EqBand::q>({.id = "q",
                        .min = 0.05,
                        .max = 100.0,
                        .scale = Scale::logarithmic,
                        .help = "quality, as the RBJ cookbook defines it"}),
    toggle<&EqBand::enabled>({.id = "enabled", .help = "false leaves the band out"}),
};

inline constexpr std::array kEqTable{
    list<&EqParams::bands>({.id = "bands", .help = "filters in series", .element = kEqBandTable}),
};

}  // namespace aapp::effects
