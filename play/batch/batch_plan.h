// What a batch will do, decided before it does anything: which files are read and what each becomes.
// Everything that can be known in advance is refused here: an output that is an input, two inputs with one
// output, an existing output without --force.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/atomic_file.h"
#include "common/io/raw_pcm.h"

namespace aapp::play {

struct PlanOptions {
  // Files, folders (searched at any depth for the known extensions; hidden files are left out), patterns like
  // "takes/*.wav" that no shell expanded, or "-".
  std::vector<std::string> inputs{};
  // For one input file: a file, or a folder that exists or ends in a slash. For several, or a folder: a
  // folder, made where needed, in which each input folder's structure is mirrored. "-": standard output, for
  // one input.
  std::string output{};
  std::string container{};  // replaces the extension; "" keeps what the output's or the input's says
  Overwrite overwrite = Overwrite::refuse;
  std::optional<io::RawSpec> raw{};
};

struct Job {
  std::string input;
  std::string output;
  bool operator==(const Job&) const = default;
};

struct BatchPlan {
  std::vector<Job> jobs;    // in the order of the inputs, folders sorted by name
  std::size_t skipped = 0;  // files in folders whose extension is none of ours
};

// Errors: ErrorCode::usage for what makes no sense, unreadable for inputs that are not there, failed for an
// existing output.
Result<BatchPlan> make_plan(const PlanOptions& options);

}  // namespace aapp::play
