// The jobs of a plan on several threads. One bad file does not stop the others; Ctrl-C stops all. Each job
// has a chain and files of its own and shares nothing, so its output does not depend on the number of
// threads.
#pragma once

#include <functional>
#include <vector>

#include "play/batch/render_file.h"

namespace aapp::play {

struct BatchOptions {
  int threads = 0;  // 0: one per processor
  // Called from any of the threads with the share of one job that has been done since the last call for it.
  std::function<void(std::size_t job, double more)> progress{};
};

struct BatchResult {
  std::vector<Result<FileReport>> files;  // in the order of the plan's jobs
  std::size_t failed = 0;
};

// Jobs that Ctrl-C kept from starting or finishing hold ErrorCode::interrupted.
BatchResult run_batch(const BatchPlan& plan, const RenderSettings& settings,
                      const BatchOptions& options = {});

// The error that the whole batch ends with: none if all went well; interrupted; the file's own if there is
// but one; partial if some were done; else that of the first.
Result<void> outcome(const BatchResult& result);

}  // namespace aapp::play
