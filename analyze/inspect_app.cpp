#include "analyze/inspect_app.h"

#include <fmt/format.h>

#include <cstdio>

#include "analyze/inspect/inspection_json.h"
#include "analyze/inspect_text.h"
#include "analyze/recording.h"
#include "common/base/interrupt.h"
#include "common/cli/progress.h"

namespace aapp::analyze {
namespace {

// What became of all files, and the last error for the exit code.
template <class Looked>
struct Outcome {
  std::vector<Looked> done{};
  std::vector<inspect::Uninspected> failed{};
  Error last_error{};
};

template <class Looked, class Look, class Describe>
Result<Outcome<Looked>> look_at_all(const InspectOptions& options, Look look, Describe describe) {
  Outcome<Looked> outcome;
  for (const std::string& file : options.files) {
    Result<Looked> looked = look(file);
    if (!looked) {
      if (looked.error().code == ErrorCode::interrupted) return tl::unexpected(looked.error());
      outcome.last_error = looked.error();
      outcome.failed.push_back({file, outcome.last_error.message});
      if (options.files.size() > 1) fmt::print(stderr, "aapp-analyze: {}\n", outcome.last_error.message);
      continue;
    }
    if (!options.common.json) fmt::print("{}{}", outcome.done.empty() ? "" : "\n", describe(*looked));
    outcome.done.push_back(*std::move(looked));
  }
  return outcome;
}

template <class Looked>
Result<void> summary(const Outcome<Looked>& outcome) {
  if (outcome.failed.empty()) return {};
  if (outcome.done.empty() && outcome.failed.size() == 1) return tl::unexpected(outcome.last_error);
  return fail(ErrorCode::partial, "{} of {} files could not be inspected", outcome.failed.size(),
              outcome.done.size() + outcome.failed.size());
}

Result<void> run_guess(const InspectOptions& options) {
  const auto outcome = look_at_all<inspect::RawGuess>(options, inspect::guess_raw, guess_text);
  if (!outcome) return tl::unexpected(outcome.error());
  if (options.common.json) fmt::print("{}\n", inspect::guesses_json(outcome->done, outcome->failed));
  return summary(*outcome);
}

Result<void> strictly(const Outcome<inspect::Inspection>& outcome) {
  std::size_t faulty = 0;
  for (const inspect::Inspection& inspection : outcome.done) faulty += inspection.has_fault() ? 1 : 0;
  if (faulty == 0) return {};
  return fail(ErrorCode::unreadable, "{} of {} files {} not what {} to be; see the faults", faulty,
              outcome.done.size(), faulty == 1 ? "is" : "are", faulty == 1 ? "it claims" : "they claim");
}

}  // namespace

Result<void> run_inspect(const InspectOptions& options) {
  if (options.raw == "guess") return run_guess(options);
  const auto raw = parse_raw_option(options.raw);
  if (!raw) return tl::unexpected(raw.error());
  const auto look = [&](const std::string& file) {
    cli::Progress progress({.label = "inspect " + file}, options.common);
    return inspect::inspect_file(file, *raw, [&](double seconds) {
      progress.update(seconds);
      return !interrupted();
    });
  };
  const auto outcome = look_at_all<inspect::Inspection>(options, look, inspection_text);
  if (!outcome) return tl::unexpected(outcome.error());
  if (options.common.json) fmt::print("{}\n", inspect::inspections_json(outcome->done, outcome->failed));
  if (auto done = summary(*outcome); !done) return done;
  return options.strict ? strictly(*outcome) : Result<void>();
}

}  // namespace aapp::analyze
