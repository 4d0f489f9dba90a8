// `aapp-analyze report FILE... -o OUT.html`: what was measured, as one page of pictures.
#pragma once

#include <string>
#include <vector>

#include "analyze/report/page.h"
#include "analyze/report/recording_pictures.h"
#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::analyze {

struct ReportOptions {
  std::vector<std::string> files;
  std::string output;    // -o
  std::string svg_dir;   // --svg: also every picture as a file of its own; "" for none
  std::string data_dir;  // --data: also every picture's numbers as CSV and JSON; "" for none
  bool force = false;    // --force
  cli::CommonOptions common;
};

Result<void> run_report(const ReportOptions& options);

// What `fit --report` needs too: a recording with its timeline, in one pass, with progress and Ctrl-C heeded.
Result<report::Recording> measure_for_report(const std::string& path, report::Role role,
                                             const std::string& name, const cli::CommonOptions& options);

// Where a report goes: the page, and where a folder is named (made if missing) its pictures and their
// numbers.
struct ReportTarget {
  std::string page;
  std::string svg_dir{};
  std::string data_dir{};
  Overwrite overwrite = Overwrite::refuse;
};
Result<void> write_report(const report::Page& page, const ReportTarget& target);

}  // namespace aapp::analyze
