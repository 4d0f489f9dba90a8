// A preset in words: what `aapp-play check` prints, and the reference of all parameters in
// docs/preset-format.md.
#pragma once

#include <string>

#include "common/preset/preset.h"

namespace aapp::preset {

// One line per effect and parameter, units and all; ends with a newline.
std::string describe_chain(const Preset& preset);

// Markdown: for each effect a table of its parameters with range, default and meaning. A test keeps the
// section of docs/preset-format.md equal to it.
std::string parameter_reference();

}  // namespace aapp::preset
