// `fit --report FILE.html`: plays the source through the new preset once more and shows what was measured,
// what was fitted and what it does.
#pragma once

#include <string>
#include <vector>

#include "analyze/fit/fit_summary.h"
#include "common/base/atomic_file.h"
#include "common/cli/common_options.h"
#include "common/preset/preset.h"

namespace aapp::analyze {

struct FitReportRequest {
  std::string output;                   // the page
  std::string svg_dir{}, data_dir{};    // folders for its pictures and their numbers; "" for none
  bool embed_audio = false;             // players
  std::vector<std::string> references;  // paths; the others are compared with the first
  std::string source;                   // path; "" for a fit without a source recording
};

// What the fit handed out.
struct FitOutcome {
  Preset preset;
  fit::FitSummary summary;
};

Result<void> write_fit_report(const FitReportRequest& request, const FitOutcome& outcome,
                              const fit::Provenance& provenance, Overwrite overwrite,
                              const cli::CommonOptions& common);

}  // namespace aapp::analyze
