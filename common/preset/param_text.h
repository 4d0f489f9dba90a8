// What people read about a parameter: its value with unit, what it may be. Made from the table's row alone,
// so that error messages, `check`, the schema's descriptions and the reference in docs/ say the same.
#pragma once

#include <string>

#include "common/effects/param_table.h"

namespace aapp::preset {

// The id for people, without the unit that it ends in: "threshold", "rms window".
std::string label_text(const effects::ParamSpec& spec);

// "-24 dB", "0.707107", "on", "peak"; numbers to six digits. Not for lists.
std::string value_text(const effects::ParamSpec& spec, double value);

// What the row allows, to follow "must be": "-80 to 20 dB", "true or false", "one of peak, rms", "a list of
// at most 32".
std::string range_text(const effects::ParamSpec& spec);

}  // namespace aapp::preset
