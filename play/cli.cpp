#include "play/cli.h"

#include <CLI/CLI.hpp>

#include "common/cli/program.h"
#include "play/presets_app.h"

namespace aapp::play {
namespace {

void add_presets(cli::Program& program) {
  auto [app, options] = program.verb<PresetsOptions>(
      {.name = "presets",
       .summary = "list the presets that can be named",
       .examples = {{"presets", "lists them with what they are for and where they are"},
                    {"presets --schema > preset.schema.json",
                     "for an editor that checks presets while you type"}}},
      run_presets);
  app.add_flag("--names", options.names, "only the names, one a line");
  app.add_flag("--schema", options.schema, "print the JSON Schema of presets instead");
  app.add_flag("--reference", options.reference, "print the reference of all effects and parameters instead");
  cli::add_common_flags(app, options.common);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  cli::Program program(
      {.name = "aapp-play", .summary = "Plays audio through presets: live, and files in batches."});
  add_presets(program);
  return program.run(argc, argv);
}

}  // namespace aapp::play
