#include "analyze/cli.h"
#include "common/base/kept_memory.h"

int main(int argc, char** argv) {
  aapp::keep_freed_memory();
  return aapp::analyze::run_command_line(argc, argv);
}
