// A recording named on the command line, measured with progress on the terminal and Ctrl-C heeded.
#pragma once

#include <string>

#include "analyze/measure/track_profile.h"
#include "common/cli/common_options.h"

namespace aapp::analyze {

Result<measure::TrackProfile> measure_recording(const std::string& path, measure::TruePeak true_peak,
                                                const cli::CommonOptions& options);

}  // namespace aapp::analyze
