// aapp-play check: is this a preset that can be played, and what is in it?
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::play {

struct CheckOptions {
  cli::CommonOptions common;         // quiet: only the errors
  std::vector<std::string> presets;  // names or files; "-" is standard input
};

// Looks at every preset even after a bad one. Fails with ErrorCode::preset_invalid if any cannot be played as
// written, with ErrorCode::unreadable if one cannot be read at all.
Result<void> run_check(const CheckOptions& options);

}  // namespace aapp::play
