#include "analyze/cli.h"

#include <CLI/CLI.hpp>

#include "analyze/compare_app.h"
#include "analyze/measure_app.h"
#include "analyze/report_app.h"
#include "common/cli/program.h"

namespace aapp::analyze {

namespace {

void add_measure(cli::Program& program) {
  auto [app, options] = program.verb<MeasureOptions>(
      {.name = "measure",
       .summary = "Measures recordings: spectra, envelope, loudness.",
       .examples = {{"measure take3.wav", "prints what the recording sounds like, with its spectrum"},
                    {"measure --json *.flac", "prints one JSON document with every measure of every file"}}},
      run_measure);
  app.add_option("file", options.files, "recordings; - is standard input")->required()->type_name("FILE");
  app.add_option("--raw", options.raw, "headerless PCM, for - and unknown extensions: s16le:16000:1")
      ->type_name("SPEC");
  app.add_flag("--true-peak", options.true_peak, "also the peak between samples (a third more time)");
  cli::add_common_flags(app, options.common);
}

void add_compare(cli::Program& program) {
  auto [app, options] = program.verb<CompareOptions>(
      {.name = "compare",
       .summary = "Tells how far a recording is from a reference.",
       .examples = {{"compare mine.wav theirs.wav", "distances of spectrum, loudness and dynamics"},
                    {"compare rendered.wav original.wav --json",
                     "of one performance also moment by moment, as JSON"}}},
      run_compare);
  app.add_option("recording", options.recording, "the recording to judge")->required()->type_name("FILE");
  app.add_option("reference", options.reference, "what it should sound like")->required()->type_name("FILE");
  app.add_option("--max-lag-ms", options.max_lag_ms, "how far apart in time the same performance may be")
      ->check(CLI::Range(0.0, 10000.0))
      ->capture_default_str();
  cli::add_common_flags(app, options.common);
}

void add_report(cli::Program& program) {
  auto [app, options] = program.verb<ReportOptions>(
      {.name = "report",
       .summary = "Draws what was measured as one page of pictures.",
       .examples = {{"report take3.wav -o take3.html",
                     "spectrum, dynamics, loudness and waveforms in a browser"},
                    {"report theirs.wav mine.wav -o both.html --svg pictures",
                     "two recordings side by side, and every picture as an SVG file"}}},
      run_report);
  app.add_option("file", options.files, "recordings; the others are compared with the first")
      ->required()
      ->type_name("FILE");
  app.add_option("-o,--output", options.output, "the page to write")->required()->type_name("FILE.html");
  app.add_option("--svg", options.svg_dir, "folder for the single pictures")->type_name("DIR");
  app.add_flag("--force", options.force, "replace files that exist");
  cli::add_common_flags(app, options.common);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  cli::Program program(
      {.name = "aapp-analyze",
       .summary = "Measures the sound of recordings and fits presets to them for aapp-play."});
  add_measure(program);
  add_compare(program);
  add_report(program);
  return program.run(argc, argv);
}

}  // namespace aapp::analyze
