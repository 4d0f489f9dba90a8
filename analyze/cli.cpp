#include "analyze/cli.h"

#include <CLI/CLI.hpp>

#include "common/cli/program.h"

namespace aapp::analyze {

int run_command_line(int argc, char** argv) {
  cli::Program program(
      {.name = "aapp-analyze",
       .summary = "Measures the sound of recordings and fits presets to them for aapp-play."});
  return program.run(argc, argv);
}

}  // namespace aapp::analyze
