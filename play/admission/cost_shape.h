// What of a preset decides how long it takes: effects, bands, switches, and which values are zero. Other
// numbers move no branch of any effect, so a slider that is drawn needs no new measurement.
#pragma once

#include <string>

#include "common/preset/preset.h"

namespace aapp::play {

// Equal for presets that cost the same.
std::string cost_shape(const Preset& preset);

}  // namespace aapp::play
