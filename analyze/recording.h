// A recording named on the command line, measured with progress on the terminal and Ctrl-C heeded.
#pragma once

#include <string>

#include "analyze/measure/track_profile.h"
#include "common/cli/common_options.h"
#include "common/io/raw_pcm.h"

namespace aapp::analyze {

// --raw as the command line gives it, "" for none.
Result<std::optional<io::RawSpec>> parse_raw_option(const std::string& text);

struct RecordingOptions {
  measure::TruePeak true_peak = measure::TruePeak::skip;
  std::optional<io::RawSpec> raw{};
  cli::CommonOptions common{};
};

// `path` may be `-`, standard input.
Result<measure::TrackProfile> measure_recording(const std::string& path, const RecordingOptions& options);

}  // namespace aapp::analyze
