#include "analyze/fit_app.h"

#include <fmt/format.h>

#include <filesystem>

#include "analyze/fit/fit_summary.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/unpaired_fit.h"
#include "analyze/fit_report.h"
#include "analyze/measure/source_profiles.h"
#include "analyze/recording.h"
#include "analyze/standard_input.h"
#include "common/base/atomic_file.h"
#include "common/base/interrupt.h"
#include "common/base/sha256.h"
#include "common/base/version.h"
#include "common/cli/progress.h"
#include "common/io/audio_file.h"
#include "common/preset/describe.h"
#include "common/preset/preset_json.h"

namespace aapp::analyze {

namespace {

using measure::TrackProfile;

// The words of the command line, understood.
struct Request {
  fit::FitOptions fit;
  std::vector<fit::WeightedFile> references;
};

using Outcome = FitOutcome;

Result<void> one_mode(const FitVerbOptions& options) {
  const int sources =
      (options.source.empty() ? 0 : 1) + (options.dry.empty() ? 0 : 1) + (options.profile.empty() ? 0 : 1);
  if (sources > 1)
    return fail(ErrorCode::usage,
                "{} of --source, --dry and --profile say what the source is; give one of them", sources);
  if (!options.dry.empty() && options.references.size() > 1)
    return fail(ErrorCode::usage, "--dry {} goes with one reference, its processed version; {} are given",
                options.dry, options.references.size());
  if (!options.dry.empty() && (options.amount_percent != 100.0 || options.fit.max_error_db > 0.0))
    return fail(
        ErrorCode::usage,
        "--dry recovers what was done, all of it; --amount and --max-error-db go with --source or --profile");
  if (options.report.empty() &&
      (options.embed_audio || !options.svg_dir.empty() || !options.data_dir.empty()))
    return fail(ErrorCode::usage,
                "--embed-audio, --svg and --data are parts of a report; name one with --report");
  return {};
}

Result<Request> understand(const FitVerbOptions& options) {
  Request request{.fit = options.fit, .references = {}};
  const auto put = [](auto& place, auto parsed) -> Result<void> {
    if (!parsed) return tl::unexpected(parsed.error());
    place = *parsed;
    return {};
  };
  Result<void> done = put(request.fit.bands, fit::parse_bands(options.bands));
  if (done) done = put(request.fit.order, fit::parse_order(options.order));
  if (done && !options.frequency_range.empty())
    done = put(request.fit.frequency_hz, fit::parse_frequency_range(options.frequency_range));
  if (done && !options.aspects.empty()) done = put(request.fit.aspects, fit::parse_aspects(options.aspects));
  request.fit.amount = options.amount_percent / 100.0;
  if (done) done = fit::check_fit_options(request.fit);
  for (const std::string& word : options.references) {
    if (done) done = put(request.references.emplace_back(), fit::parse_weighted_file(word));
  }
  if (done) done = one_mode(options);
  if (!done) return tl::unexpected(done.error());
  return request;
}

// A file named `-` becomes a copy that can be read several times.
Result<std::optional<StandardInput>> take_standard_input(FitVerbOptions& options, Request& request) {
  std::vector<std::string*> piped;
  for (fit::WeightedFile& file : request.references) {
    if (file.path == "-") piped.push_back(&file.path);
  }
  for (std::string* path : {&options.source, &options.dry}) {
    if (*path == "-") piped.push_back(path);
  }
  if (piped.empty()) return std::nullopt;
  if (piped.size() > 1)
    return fail(ErrorCode::usage,
                "- stands for {} recordings; standard input is one, name a file for the others",
                piped.size());
  const auto raw = parse_raw_option(options.raw);
  if (!raw) return tl::unexpected(raw.error());
  auto copy = StandardInput::copy(*raw);
  if (!copy) return tl::unexpected(copy.error());
  *piped.front() = copy->path();
  return std::optional<StandardInput>(*std::move(copy));
}

Result<fit::FitFile> named_file(const std::string& path, double weight) {
  return sha256_of_file(path).map([&](std::string sha256) {
    return fit::FitFile{.name = std::filesystem::path(path).filename().string(),
                        .sha256 = std::move(sha256),
                        .weight = weight};
  });
}

Result<TrackProfile> measure_references(const Request& request, const cli::CommonOptions& common,
                                        fit::Provenance& provenance) {
  std::vector<TrackProfile> profiles;
  std::vector<double> weights;
  for (const fit::WeightedFile& file : request.references) {
    auto profile = measure_recording(file.path, {.common = common});
    if (!profile) return profile;
    auto named = named_file(file.path, file.weight);
    if (!named) return tl::unexpected(named.error());
    profiles.push_back(std::move(*profile));
    weights.push_back(file.weight);
    provenance.references.push_back(std::move(*named));
  }
  return measure::weighted_average(profiles, weights);
}

fit::SourceOpener opener(const std::string& path) {
  return [path]() -> Result<std::unique_ptr<audio::BlockSource>> {
    auto reader = io::AudioFileReader::open(path);
    if (!reader) return tl::unexpected(reader.error());
    return std::unique_ptr<audio::BlockSource>(std::move(*reader));
  };
}

Result<fit::FitSource> open_source(const std::string& path, const cli::CommonOptions& common) {
  const fit::SourceOpener open = opener(path);
  cli::Progress progress({.label = "measure " + path}, common);
  double rate_hz = 0.0;
  if (const auto reader = open()) rate_hz = (*reader)->rate_hz();
  return fit::recorded_source(open, path, [&](std::int64_t frames) {
    if (rate_hz > 0.0) progress.update(static_cast<double>(frames) / rate_hz);
    return !interrupted();
  });
}

Outcome finish(std::string_view mode, fit::UnpairedFit fit, const TrackProfile& reference) {
  fit::FitSummary summary = fit::summarize(mode, fit, reference);
  return {.preset = std::move(fit.preset), .summary = std::move(summary)};
}

// --source: the recording itself tells what is to be changed.
Result<Outcome> fit_source(const FitVerbOptions& options, const Request& request,
                           const TrackProfile& reference, fit::Provenance& provenance) {
  auto file = named_file(options.source, 1.0);
  if (!file) return tl::unexpected(file.error());
  provenance.source = std::move(*file);
  auto source = open_source(options.source, options.common);
  if (!source) return tl::unexpected(source.error());
  return fit::fit_unpaired(*source, reference, request.fit).map([&](fit::UnpairedFit fit) {
    return finish("unpaired", std::move(fit), reference);
  });
}

// --dry: the reference is the dry recording after some processing; recover that.
Result<Outcome> fit_pair(const FitVerbOptions& options, const Request& request, fit::Provenance& provenance) {
  const std::string& wet = request.references.front().path;
  const fit::FitOptions& fit = request.fit;
  const fit::PairedFitOptions paired{.order = fit.order,
                                     .aspects = fit.aspects,
                                     .bands = fit.bands,
                                     .max_bands = fit.max_bands,
                                     .frequency_hz = fit.frequency_hz,
                                     .max_gain_db = fit.max_gain_db,
                                     .max_q = fit.max_q,
                                     .threads = fit.threads,
                                     .seed = fit.seed};
  Result<fit::FitFile> wet_file, dry_file;
  Result<fit::PairedFit> found;
  // The fit begins on one thread; the files are digested meanwhile.
  fit::parallel_for(2, fit.threads, [&](std::size_t i) {
    if (i == 0) wet_file = named_file(wet, 1.0), dry_file = named_file(options.dry, 1.0);
    if (i == 1) found = fit::fit_paired(opener(options.dry), opener(wet), paired);
  });
  if (!wet_file) return tl::unexpected(wet_file.error());
  if (!dry_file) return tl::unexpected(dry_file.error());
  if (!found) return tl::unexpected(found.error());
  provenance.references.push_back(std::move(*wet_file));
  provenance.source = std::move(*dry_file);
  return Outcome{.preset = std::move(found->preset),
                 .summary = {.mode = "paired",
                             .metrics = fit::fit_metrics(found->before, found->after),
                             .parameters = std::move(found->parameters),
                             .strong_correlations = std::move(found->strong_correlations),
                             .remarks = std::move(found->remarks)}};
}

// Reference alone: a built-in profile stands for the source.
Result<Outcome> fit_profile(const FitVerbOptions& options, const Request& request,
                            const TrackProfile& reference, fit::Provenance& provenance) {
  std::string name = options.profile;
  std::string how = "as asked for";
  if (name.empty()) {
    const auto likely = measure::likeness(reference);
    if (likely.empty())
      return fail(ErrorCode::unreadable, "{}: too short or silent to tell what it is; name a --profile",
                  reference.name);
    name = likely.front().profile;
    how = "the kind of sound that the reference is most like; --profile names another";
  }
  const auto profile = measure::find_source_profile(name);
  if (!profile) return tl::unexpected(profile.error());
  provenance.profile = name;
  const fit::FitSource source = fit::profiled_source(measure::to_track_profile(**profile), request.fit.seed);
  return fit::fit_unpaired(source, reference, request.fit).map([&](fit::UnpairedFit fit) {
    fit.remarks.insert(
        fit.remarks.begin(),
        fmt::format("The profile '{}' stands for the source: {}. Distances are predicted on it.", name, how));
    return finish("reference", std::move(fit), reference);
  });
}

Result<Outcome> fit_in_mode(const FitVerbOptions& options, const Request& request,
                            fit::Provenance& provenance) {
  if (!options.dry.empty()) return fit_pair(options, request, provenance);
  const auto reference = measure_references(request, options.common, provenance);
  if (!reference) return tl::unexpected(reference.error());
  return options.source.empty() ? fit_profile(options, request, *reference, provenance)
                                : fit_source(options, request, *reference, provenance);
}

Result<void> report_outcome(const FitVerbOptions& options, const Request& request, const Outcome& outcome,
                            const fit::Provenance& provenance, Overwrite overwrite) {
  FitReportRequest report{.output = options.report,
                          .svg_dir = options.svg_dir,
                          .data_dir = options.data_dir,
                          .embed_audio = options.embed_audio,
                          .references = {},
                          .source = options.dry.empty() ? options.source : options.dry};
  for (const fit::WeightedFile& file : request.references) report.references.push_back(file.path);
  return write_fit_report(report, outcome, provenance, overwrite, options.common);
}

void print_outcome(const FitVerbOptions& options, const Outcome& outcome) {
  if (options.common.json) {
    fmt::print("{}", preset::format_preset(outcome.preset));
    return;
  }
  if (options.common.quiet) return;
  fmt::print("{}\n{}\n{}\n", fit::fit_text(outcome.summary), preset::describe_chain(outcome.preset),
             options.output);
}

}  // namespace

Result<void> run_fit(const FitVerbOptions& given) {
  FitVerbOptions options = given;
  const Overwrite overwrite = options.force ? Overwrite::replace : Overwrite::refuse;
  auto request = understand(options);
  if (!request) return tl::unexpected(request.error());
  for (const std::string& target : {options.output, options.report}) {
    if (target.empty()) continue;
    if (auto free = check_target(target, overwrite); !free) return free;
  }

  const auto piped = take_standard_input(options, *request);
  if (!piped) return tl::unexpected(piped.error());

  fit::Provenance provenance{.tool = fmt::format("aapp-analyze {}", version())};
  auto outcome = fit_in_mode(options, *request, provenance);
  if (!outcome) return tl::unexpected(outcome.error());

  Preset& preset = outcome->preset;
  preset.name = std::filesystem::path(options.output).stem().string();
  preset.description = fmt::format("fitted to {}", provenance.references.front().name);
  preset.fit_json = fit::fit_json(outcome->summary);
  preset.provenance_json = fit::provenance_json(provenance);
  if (!options.report.empty()) {
    if (auto shown = report_outcome(options, *request, *outcome, provenance, overwrite); !shown) return shown;
  }
  if (auto saved = preset::save_preset(preset, options.output, overwrite); !saved) return saved;
  print_outcome(options, *outcome);
  return {};
}

}  // namespace aapp::analyze
