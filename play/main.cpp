#include "play/cli.h"

int main(int argc, char** argv) {
  return aapp::play::run_command_line(argc, argv);
}
