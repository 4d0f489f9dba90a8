#include "play/cli.h"

#include <CLI/CLI.hpp>

#include "common/cli/program.h"

namespace aapp::play {

int run_command_line(int argc, char** argv) {
  cli::Program program(
      {.name = "aapp-play", .summary = "Plays audio through presets: live, and files in batches."});
  return program.run(argc, argv);
}

}  // namespace aapp::play
