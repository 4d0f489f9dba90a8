#include "analyze/cli.h"

#include <CLI/CLI.hpp>

#include "analyze/compare_app.h"
#include "analyze/curve_app.h"
#include "analyze/fit_app.h"
#include "analyze/inspect_app.h"
#include "analyze/measure_app.h"
#include "analyze/report_app.h"
#include "common/cli/program.h"

namespace aapp::analyze {

namespace {

// Options of the fit that are plain numbers.
void add_fit_limits(CLI::App& app, fit::FitOptions& fit) {
  app.add_option("--max-error-db", fit.max_error_db,
                 "with --bands auto: the smallest number of bands that keeps every third octave within this")
      ->type_name("DB");
  app.add_option("--max-gain-db", fit.max_gain_db, "of a band, up or down")
      ->type_name("DB")
      ->capture_default_str();
  app.add_option("--max-q", fit.max_q, "of a band")->type_name("Q")->capture_default_str();
  app.add_option("--threads", fit.threads, "0: one per core; does not change the result")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seed", fit.seed, "of the search")->type_name("N")->capture_default_str();
}

void add_fit(cli::Program& program) {
  auto [app, options] = program.verb<FitVerbOptions>(
      {.name = "fit",
       .summary = "Makes a preset that gives a source the sound of a reference.",
       .examples = {{"fit theirs.wav --source my_mic.wav -o like_theirs.json",
                     "spectrum, dynamics and loudness of theirs.wav, for the sound of my_mic.wav"},
                    {"fit theirs.wav -o like_theirs.json --profile speech",
                     "the same for an untreated voice, when there is no recording of it yet"},
                    {"fit processed.wav --dry original.wav -o chain.json",
                     "the equaliser and compressor that made processed.wav of original.wav"},
                    {"fit one.wav@2 two.wav --source my_mic.wav -o both.json --only eq,level",
                     "the average of two references, the first counting twice, without a compressor"}}},
      run_fit);
  app.add_option("reference", options.references,
                 "recordings to sound like; FILE@2 counts twice; - is standard input")
      ->required()
      ->type_name("FILE");
  app.add_option("-o,--output", options.output, "the preset to write")->required()->type_name("FILE.json");
  app.add_option("--source", options.source, "the recording to change")->type_name("FILE");
  app.add_option("--dry", options.dry, "the reference is this recording, processed: recover the chain")
      ->type_name("FILE");
  app.add_option("--profile", options.profile, "a built-in profile stands for the source")->type_name("NAME");
  app.add_option("--bands", options.bands, "bands of the equaliser: auto (at most 10) or 1 to 32")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--freq-range", options.frequency_range, "what the equaliser may touch, in Hz")
      ->type_name("LO:HI");
  app.add_option("--amount", options.amount_percent, "how much of the way to the reference, in percent")
      ->type_name("PERCENT")
      ->capture_default_str();
  app.add_option("--only", options.aspects, "what to match: any of eq,dynamics,level")->type_name("LIST");
  app.add_option("--order", options.order, "auto, eq-first or comp-first")
      ->type_name("ORDER")
      ->capture_default_str();
  add_fit_limits(app, options.fit);
  app.add_option("--raw", options.raw, "format of - where it is headerless PCM: s16le:16000:1")
      ->type_name("SPEC");
  app.add_option("--report", options.report, "a page of pictures of what was measured and fitted")
      ->type_name("FILE.html");
  app.add_option("--svg", options.svg_dir, "with --report: folder for its single pictures")->type_name("DIR");
  app.add_option("--data", options.data_dir, "with --report: folder for their numbers as CSV and JSON")
      ->type_name("DIR");
  app.add_flag("--embed-audio", options.embed_audio,
               "with --report: the first minute of reference, source and result, equally loud");
  app.add_flag("--force", options.force, "replace the preset if it exists");
  cli::add_common_flags(app, options.common);
}

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

void add_curve_limits(CLI::App& app, CurveOptions& options) {
  app.add_option("--freq-range", options.freq_range, "where the curve is followed, in Hz")
      ->type_name("LO:HI")
      ->capture_default_str();
  app.add_option("--band-range", options.band_range,
                 "where bands may sit, in Hz (from LO of --freq-range to 1.6 HI, at most 16000)")
      ->type_name("LO:HI");
  app.add_option("--max-gain-db", options.max_gain_db, "most that a band may boost or cut")
      ->capture_default_str();
  app.add_option("--min-q", options.min_q, "lowest Q of a band")->capture_default_str();
  app.add_option("--max-q", options.max_q, "highest Q of a band")->capture_default_str();
  app.add_option("--shelves", options.shelves, "at most so many shelves")
      ->check(CLI::Range(0, 2))
      ->capture_default_str();
  app.add_option("--types", options.types, "types of band to choose from, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember({"peak", "low_shelf", "high_shelf", "low_pass", "high_pass"}))
      ->capture_default_str();
}

void add_curve(cli::Program& program) {
  auto [app, options] = program.verb<CurveOptions>(
      {.name = "curve",
       .summary = "Fits equaliser bands to a target curve.",
       .examples = {{"curve target.csv -o eq.json", "as many bands as are worth it, and why"},
                    {"curve target.csv -o eq.json --bands 10 --freq-range 20:10000",
                     "ten bands that follow the curve up to 10 kHz"},
                    {"curve GraphicEQ.txt -o eq.json --max-error-db 0.5 --preamp headroom",
                     "the fewest bands within 0.5 dB, with room for their boosts"}}},
      run_curve);
  app.add_option("target", options.target,
                 "the curve: frequencies in Hz and gains in dB; - is standard input")
      ->required()
      ->type_name("CURVE.csv");
  app.add_option("-o,--output", options.output, "the preset to write")->required()->type_name("PRESET.json");
  app.add_option("--column", options.column,
                 "the column that holds the curve, by name or number (by its name)");
  app.add_option("--bands", options.bands, "number of bands, or auto: at most 10, as many as are worth it")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--max-error-db", options.max_error_db, "auto takes the fewest bands within it (by worth)")
      ->check(CLI::NonNegativeNumber);
  add_curve_limits(app, options);
  app.add_option("--rate", options.rate_hz, "sample rate in Hz whose response is fitted")
      ->capture_default_str();
  app.add_option("--treble-weight", options.treble_weight, "weight of the curve above 10 kHz")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--level", options.level, "fixed: the curve's 0 dB is the equaliser's")
      ->check(CLI::IsMember({"free", "fixed"}))
      ->capture_default_str();
  app.add_option("--preamp", options.preamp,
                 "gain before the bands: the fitted level, room for the largest boost, or none")
      ->check(CLI::IsMember({"level", "headroom", "none"}))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "0: one per core; does not change the result")
      ->check(CLI::Range(0, 256))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of the search")->capture_default_str();
  app.add_flag("--force", options.force, "replace a preset that exists");
  cli::add_common_flags(app, options.common);
}

void add_inspect(cli::Program& program) {
  auto [app, options] = program.verb<InspectOptions>(
      {.name = "inspect",
       .summary = "Is this PCM what it claims to be? Finds faults and says how to repair them.",
       .examples = {{"inspect take3.wav", "format, levels and what is wrong with it, each with the repair"},
                    {"inspect --strict *.wav", "exit code 3 if any of them has a fault"},
                    {"inspect call.raw --raw guess", "ranks what headerless bytes may be"}}},
      run_inspect);
  app.add_option("file", options.files, "recordings; - is standard input")->required()->type_name("FILE");
  app.add_option("--raw", options.raw,
                 "headerless PCM, for - and unknown extensions: s16le:16000:1; or guess")
      ->type_name("SPEC");
  app.add_flag("--strict", options.strict, "a fault is a failure: exit code 3");
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
  app.add_option("--data", options.data_dir, "folder for every picture's numbers as CSV and JSON")
      ->type_name("DIR");
  app.add_flag("--force", options.force, "replace files that exist");
  cli::add_common_flags(app, options.common);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  cli::Program program(
      {.name = "aapp-analyze",
       .summary = "Measures the sound of recordings and fits presets to them for aapp-play."});
  add_fit(program);
  add_measure(program);
  add_compare(program);
  add_curve(program);
  add_inspect(program);
  add_report(program);
  return program.run(argc, argv);
}

}  // namespace aapp::analyze
