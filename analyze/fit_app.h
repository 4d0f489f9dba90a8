// `aapp-analyze fit REFERENCE... -o PRESET.json`: makes a preset that gives a source the sound of a
// reference.
#pragma once

#include <string>
#include <vector>

#include "analyze/fit/fit_options.h"
#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::analyze {

struct FitVerbOptions {
  std::vector<std::string> references;  // FILE or FILE@WEIGHT; one of all files may be -
  std::string svg_dir, data_dir;        // --svg, --data: folders for the report's pictures and their numbers
  bool embed_audio = false;             // --embed-audio: players in the report
  std::string raw;                      // --raw ENCODING:RATE:CHANNELS, of standard input
  std::string output;                   // -o
  std::string source;                   // --source: make this recording sound like the reference
  std::string dry;                      // --dry: the reference is this recording, processed
  std::string profile;                  // --profile: a built-in one stands for the source
  std::string bands = "auto";           // --bands
  std::string frequency_range;          // --freq-range; "" for all
  std::string aspects;                  // --only; "" for all
  std::string order = "auto";           // --order
  double amount_percent = 100.0;        // --amount
  fit::FitOptions fit;                  // the numbers among the options
  std::string report;                   // --report: the page to write; "" for none
  bool force = false;                   // --force
  cli::CommonOptions common;
};

Result<void> run_fit(const FitVerbOptions& options);

}  // namespace aapp::analyze
