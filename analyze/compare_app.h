// `aapp-analyze compare RECORDING REFERENCE`: how far apart two recordings sound, and, if they are the same
// performance, how far apart they are moment by moment.
#pragma once

#include <string>

#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::analyze {

struct CompareOptions {
  std::string recording;
  std::string reference;
  double max_lag_ms = 100.0;  // --max-lag-ms
  cli::CommonOptions common;
};

Result<void> run_compare(const CompareOptions& options);

}  // namespace aapp::analyze
