#include "play/cli.h"

#include <CLI/CLI.hpp>

#include "common/cli/program.h"
#include "play/check_app.h"
#include "play/presets_app.h"

namespace aapp::play {
namespace {

void add_presets(cli::Program& program) {
  auto [app, options] = program.verb<PresetsOptions>(
      {.name = "presets",
       .summary = "Lists the presets that can be named.",
       .examples = {{"presets", "lists them with what they are for and where they are"},
                    {"presets --schema > preset.schema.json",
                     "for an editor that checks presets while you type"}}},
      run_presets);
  app.add_flag("--names", options.names, "only the names, one a line");
  app.add_flag("--schema", options.schema, "print the JSON Schema of presets instead");
  app.add_flag("--reference", options.reference, "print the reference of all effects and parameters instead");
  cli::add_common_flags(app, options.common);
}

void add_check(cli::Program& program) {
  auto [app, options] = program.verb<CheckOptions>(
      {.name = "check",
       .summary = "Says whether presets can be played, and what is in them.",
       .examples = {{"check voice", "the effects of the preset voice, their parameters and the latency"},
                    {"check --quiet *.json", "prints errors only; exit code 4 if any preset is invalid"}}},
      run_check);
  app.add_option("preset", options.presets, "names or files of presets; - is standard input")
      ->required()
      ->type_name("PRESET");
  cli::add_common_flags(app, options.common);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  cli::Program program(
      {.name = "aapp-play", .summary = "Plays audio through presets: live, and files in batches."});
  add_check(program);
  add_presets(program);
  return program.run(argc, argv);
}

}  // namespace aapp::play
