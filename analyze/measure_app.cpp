#include "analyze/measure_app.h"

#include <fmt/format.h>

#include <cstdio>

#include "analyze/measure/profile_json.h"
#include "analyze/profile_text.h"
#include "analyze/recording.h"

namespace aapp::analyze {

namespace {

// What became of all files, and the first error for the exit code.
struct Outcome {
  std::vector<measure::TrackProfile> profiles;
  std::vector<measure::Unmeasured> unmeasured;
};

Result<void> summary(const Outcome& outcome, const Error& last_error) {
  if (outcome.unmeasured.empty()) return {};
  if (outcome.profiles.empty() && outcome.unmeasured.size() == 1) return tl::unexpected(last_error);
  const std::size_t total = outcome.profiles.size() + outcome.unmeasured.size();
  return fail(ErrorCode::partial, "{} of {} files could not be measured", outcome.unmeasured.size(), total);
}

}  // namespace

Result<void> run_measure(const MeasureOptions& options) {
  const auto raw = parse_raw_option(options.raw);
  if (!raw) return tl::unexpected(raw.error());
  const auto true_peak = options.true_peak ? measure::TruePeak::measure : measure::TruePeak::skip;
  const RecordingOptions how{.true_peak = true_peak, .raw = *raw, .common = options.common};
  Outcome outcome;
  Error last_error;
  const bool many = options.files.size() > 1;
  for (const std::string& file : options.files) {
    Result<measure::TrackProfile> profile = measure_recording(file, how);
    if (!profile) {
      if (profile.error().code == ErrorCode::interrupted) return tl::unexpected(profile.error());
      last_error = profile.error();
      outcome.unmeasured.push_back({file, last_error.message});
      if (many) fmt::print(stderr, "aapp-analyze: {}\n", last_error.message);
      continue;
    }
    if (!options.common.json)
      fmt::print("{}{}", outcome.profiles.empty() ? "" : "\n", profile_text(*profile));
    outcome.profiles.push_back(*std::move(profile));
  }
  if (options.common.json) fmt::print("{}\n", measure::profiles_json(outcome.profiles, outcome.unmeasured));
  return summary(outcome, last_error);
}

}  // namespace aapp::analyze
