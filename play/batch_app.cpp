#include "play/batch_app.h"

#include "common/cli/progress.h"
#include "play/batch/batch_report.h"
#include "play/batch/run_batch.h"

namespace aapp::play {
namespace {

Result<void> check_options(const BatchAppOptions& options) {
  if (options.common.json && options.output == "-") {
    return fail(ErrorCode::usage, "--json and -o - both want standard output; write the audio to a file");
  }
  if (options.jobs < 0) return fail(ErrorCode::usage, "--jobs is {}; must be at least 1", options.jobs);
  if (options.container.empty()) return {};
  // Names only: rate and channels are each file's own and checked when it is opened.
  constexpr int kAnyRate = 48000, kAnyChannels = 1;
  return io::check_file_format("--format",
                               {.container = options.container, .sample_format = options.sample_format},
                               kAnyRate, kAnyChannels);
}

Result<void> complete_settings(const BatchAppOptions& options, RenderSettings& settings) {
  settings.container = options.container;
  settings.sample_format = options.sample_format;
  settings.dither = options.dither ? audio::Dither::tpdf : audio::Dither::none;
  settings.overwrite = options.force ? Overwrite::replace : Overwrite::refuse;
  if (options.rate_hz != 0) settings.rate_hz = options.rate_hz;
  if (options.raw.empty()) return {};
  auto raw = io::parse_raw_spec(options.raw);
  if (!raw) return tl::unexpected(raw.error());
  settings.raw = *raw;
  return {};
}

// How long each input is, in seconds, where a look at its header tells. Only a shown progress line needs it.
std::vector<double> input_seconds(const BatchPlan& plan, const RenderSettings& settings) {
  std::vector<double> seconds(plan.jobs.size(), 0.0);
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    if (plan.jobs[i].input == "-") continue;
    const auto opened = io::open_audio(plan.jobs[i].input, settings.raw);
    if (opened) seconds[i] = static_cast<double>(opened->info.frames) / opened->info.rate_hz;
  }
  return seconds;
}

BatchResult run_with_progress(const BatchAppOptions& options, const BatchWork& work, const BatchPlan& plan) {
  BatchOptions batch{.threads = options.jobs};
  if (!cli::Progress::is_shown(options.common)) return run_batch(plan, work.settings, batch);
  const std::vector<double> seconds = input_seconds(plan, work.settings);
  double total = 0.0;
  for (const double length : seconds) total += length;
  cli::Progress progress({.label = work.verb, .total = total}, options.common);
  batch.progress = [&](std::size_t job, double more) { progress.advance(more * seconds[job]); };
  return run_batch(plan, work.settings, batch);
}

void print_result(const BatchAppOptions& options, const BatchWork& work, const BatchPlan& plan,
                  const BatchResult& result) {
  if (options.common.json) {
    fmt::print("{}", batch_json(work.verb, work.preset_name, plan, result));
    return;
  }
  std::FILE* const text = options.output == "-" ? stderr : stdout;
  for (const Result<FileReport>& file : result.files) {
    if (file && !options.common.quiet) fmt::print(text, "{}", describe_file(*file));
    // The error of an only file is the program's own, which main prints.
    if (!file && result.files.size() > 1 && file.error().code != ErrorCode::interrupted) {
      fmt::print(stderr, "aapp-play: {}\n", file.error().message);
    }
  }
  if (result.files.size() > 1 && !options.common.quiet) fmt::print(text, "{}", describe_totals(plan, result));
}

}  // namespace

Result<void> run_batch_app(const BatchAppOptions& options, BatchWork work) {
  if (auto checked = check_options(options); !checked) return checked;
  if (auto completed = complete_settings(options, work.settings); !completed) return completed;
  const auto plan = make_plan({.inputs = options.inputs,
                               .output = options.output,
                               .container = options.container,
                               .overwrite = work.settings.overwrite,
                               .raw = work.settings.raw});
  if (!plan) return tl::unexpected(plan.error());
  const BatchResult result = run_with_progress(options, work, *plan);
  print_result(options, work, *plan, result);
  return outcome(result);
}

}  // namespace aapp::play
