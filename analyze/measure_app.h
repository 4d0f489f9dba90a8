// `aapp-analyze measure FILE...`: the track profile of each recording, for people or as JSON.
#pragma once

#include <string>
#include <vector>

#include "analyze/measure/loudness.h"
#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::analyze {

struct MeasureOptions {
  std::vector<std::string> files;
  bool true_peak = false;  // --true-peak
  std::string raw;         // --raw ENCODING:RATE:CHANNELS
  cli::CommonOptions common;
};

// Prints to stdout. A file that cannot be measured does not keep the others from it: its sentence goes to
// stderr (and into the JSON), the result is ErrorCode::partial; with a single file, that file's own error.
Result<void> run_measure(const MeasureOptions& options);

}  // namespace aapp::analyze
