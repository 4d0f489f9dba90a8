#include "analyze/cli.h"

int main(int argc, char** argv) {
  return aapp::analyze::run_command_line(argc, argv);
}
