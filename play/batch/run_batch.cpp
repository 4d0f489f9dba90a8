#include "play/batch/run_batch.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "common/base/interrupt.h"

namespace aapp::play {
namespace {

Result<FileReport> run_job(const BatchPlan& plan, std::size_t index, const RenderSettings& settings,
                           const BatchOptions& options) {
  double done = 0.0;
  const auto progress = [&](double share) {
    if (options.progress) options.progress(index, share - done);
    done = share;
    return !interrupted();
  };
  return render_file(plan.jobs[index], settings, progress);
}

std::size_t thread_count(int asked, std::size_t jobs) {
  const auto threads = asked > 0 ? static_cast<std::size_t>(asked)
                                 : std::max<std::size_t>(1, std::thread::hardware_concurrency());
  return std::min(threads, jobs);
}

}  // namespace

BatchResult run_batch(const BatchPlan& plan, const RenderSettings& settings, const BatchOptions& options) {
  const std::size_t jobs = plan.jobs.size();
  BatchResult result{.files = std::vector<Result<FileReport>>(jobs, tl::unexpected(interrupted_error()))};
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t job = next++; job < jobs && !interrupted(); job = next++) {
      result.files[job] = run_job(plan, job, settings, options);
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < thread_count(options.threads, jobs); ++i) others.emplace_back(work);
    work();
  }
  result.failed =
      static_cast<std::size_t>(std::ranges::count_if(result.files, [](const auto& file) { return !file; }));
  return result;
}

Result<void> outcome(const BatchResult& result) {
  if (interrupted()) return tl::unexpected(interrupted_error());
  if (result.failed == 0) return {};
  const auto first = std::ranges::find_if(result.files, [](const auto& file) { return !file; });
  if (result.files.size() == 1) return tl::unexpected(first->error());
  const ErrorCode code = result.failed < result.files.size() ? ErrorCode::partial : first->error().code;
  return fail(code, "{} of {} files failed", result.failed, result.files.size());
}

}  // namespace aapp::play
