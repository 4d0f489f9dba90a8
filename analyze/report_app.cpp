#include "analyze/report_app.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "analyze/report/plot_data.h"
#include "analyze/report/plot_svg.h"
#include "analyze/report/report_page.h"
#include "common/base/interrupt.h"
#include "common/cli/progress.h"
#include "common/io/audio_file.h"

namespace aapp::analyze {

namespace fs = std::filesystem;

Result<report::Recording> measure_for_report(const std::string& path, report::Role role,
                                             const std::string& name, const cli::CommonOptions& options) {
  const auto reader = io::AudioFileReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  audio::BlockSource& source = **reader;
  const double rate_hz = source.rate_hz();
  cli::Progress progress(
      {.label = "measure " + path, .total = static_cast<double>(source.total_frames().value_or(0)) / rate_hz},
      options);

  measure::TrackProfiler profiler(source.rate_hz(), source.channels());
  measure::TimelineMeter timeline(source.channels(), rate_hz);
  const std::array<audio::BlockVisitor*, 2> visitors{&profiler, &timeline};
  const auto stats = audio::pump(source, visitors, [&](std::int64_t frames) {
    progress.update(static_cast<double>(frames) / rate_hz);
    return !interrupted();
  });
  if (!stats) return tl::unexpected(stats.error());
  report::Recording recording{
      .name = name, .role = role, .profile = profiler.finish(), .timeline = timeline.finish()};
  recording.profile.name = path;
  recording.profile.non_finite_samples = stats->non_finite_samples;
  return recording;
}

namespace {

// One file per picture and format.
Result<void> write_each(const report::Page& page, const std::string& folder, std::string_view extension,
                        const std::function<std::string(const report::Plot&)>& format, Overwrite overwrite) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    return fail(ErrorCode::failed, "{}: {}; name a folder that can be made", folder, failed.message());
  for (const report::Plot& plot : report::page_plots(page)) {
    const std::string path = (fs::path(folder) / fmt::format("{}.{}", plot.id, extension)).string();
    if (auto written = write_file(path, format(plot), overwrite); !written) return written;
  }
  return {};
}

}  // namespace

Result<void> write_report(const report::Page& page, const ReportTarget& target) {
  Result<void> done;
  if (!target.svg_dir.empty()) {
    const auto svg = [](const report::Plot& plot) { return report::plot_svg(plot, report::SvgUse::alone); };
    done = write_each(page, target.svg_dir, "svg", svg, target.overwrite);
  }
  if (done && !target.data_dir.empty()) {
    done = write_each(page, target.data_dir, "csv", report::plot_csv, target.overwrite);
    if (done) done = write_each(page, target.data_dir, "json", report::plot_json, target.overwrite);
  }
  if (!done) return done;
  return write_file(target.page, report::format_page(page), target.overwrite);
}

Result<void> run_report(const ReportOptions& options) {
  const Overwrite overwrite = options.force ? Overwrite::replace : Overwrite::refuse;
  const auto target = check_target(options.output, overwrite);
  if (!target) return target;

  // With several recordings the first is what the others are compared with.
  static constexpr std::array kRoles{report::Role::reference, report::Role::result,     report::Role::source,
                                     report::Role::fit,       report::Role::difference, report::Role::part};
  std::vector<report::Recording> recordings;
  for (const std::string& file : options.files) {
    auto recording = measure_for_report(file, kRoles[recordings.size() % kRoles.size()],
                                        fs::path(file).filename().string(), options.common);
    if (!recording) return tl::unexpected(recording.error());
    recordings.push_back(*std::move(recording));
  }
  const report::Page page = report::measure_page(recordings, "Measured by aapp-analyze.");
  const auto written = write_report(page, {.page = options.output,
                                           .svg_dir = options.svg_dir,
                                           .data_dir = options.data_dir,
                                           .overwrite = overwrite});
  if (!written) return written;
  if (options.common.json) {
    const nlohmann::ordered_json document{{"report", options.output},
                                          {"pictures", report::page_plots(page).size()}};
    fmt::print("{}\n", document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else if (!options.common.quiet) {
    fmt::print("Report    {}\n", options.output);
  }
  return {};
}

}  // namespace aapp::analyze
