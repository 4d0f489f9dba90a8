// aapp-play presets: which presets can be named, where they are, and the format that they are written in.
#pragma once

#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::play {

struct PresetsOptions {
  cli::CommonOptions common;
  bool names = false;      // only the names, one a line: for scripts and completion
  bool schema = false;     // the JSON Schema of presets instead
  bool reference = false;  // the reference of all parameters (Markdown) instead
};

// A preset in the library that cannot be read is listed with the reason; that is no error here (`check` makes
// it one).
Result<void> run_presets(const PresetsOptions& options);

}  // namespace aapp::play
