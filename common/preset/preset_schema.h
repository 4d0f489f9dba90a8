// The JSON Schema (draft-07) of presets, generated from the effects' tables: what editors check and complete
// by. docs/preset.schema.json holds its text; a test keeps the two equal. The schema says all that the reader
// checks except keys that appear twice and the bounds on size and depth.
#pragma once

#include <string>

namespace aapp::preset {

std::string preset_schema();

}  // namespace aapp::preset
