// `aapp-analyze inspect FILE...`: is this PCM what it claims to be?
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::analyze {

struct InspectOptions {
  std::vector<std::string> files;
  std::string raw;      // --raw ENCODING:RATE:CHANNELS, or guess
  bool strict = false;  // --strict: a fault is a failure
  cli::CommonOptions common;
};

// Prints to stdout. A file that cannot be opened does not keep the others from it: its sentence goes to
// stderr (and into the JSON), the result is ErrorCode::partial; with a single file, that file's own error.
// With
// --strict any fault gives ErrorCode::unreadable.
Result<void> run_inspect(const InspectOptions& options);

}  // namespace aapp::analyze
